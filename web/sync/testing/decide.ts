import { sameDocument, type UserDocument } from '../document.ts';
import { mergeDocuments } from '../merge.ts';
import type { Mutation, Receipt } from '../mutation.ts';

/** A mutation, or a plain document, which believes nothing. */
export interface Wish extends Omit<Mutation, 'assumed'> {
  assumed?: UserDocument | null;
  on_conflict?: 'refuse' | 'overwrite';
}

/** What becomes of a wish, as far as the documents alone decide it (`store/decide.cc`). */
export function decide(wish: Wish, current: UserDocument | null): Receipt {
  const { mutation_id, document: wanted, assumed } = wish;
  const receipt = (outcome: Receipt['outcome'], more: Partial<Receipt> = {}): Receipt => ({
    mutation_id,
    outcome,
    conflicts: [],
    violations: [],
    ...more,
  });
  if (current === null) return wanted._deleted ? receipt('UNCHANGED') : receipt('APPLIED', { document: wanted });
  if (sameDocument(current, wanted)) return receipt('UNCHANGED');
  if (assumed === undefined || (assumed !== null && sameDocument(current, assumed))) {
    return receipt('APPLIED', { document: wanted });
  }
  const { document, conflicts } = mergeDocuments(assumed, wanted, current);
  const inDispute = assumed === null || conflicts.length > 0;
  if (inDispute && wish.on_conflict !== 'overwrite') return receipt('CONFLICT', { document: current, conflicts });
  if (sameDocument(current, document)) return receipt('UNCHANGED', { document: current });
  return receipt('MERGED', { document, conflicts });
}
