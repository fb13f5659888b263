import { mostDocumentBytes } from './batch.ts';
import { neverSaved, type UserDocument } from './document.ts';
import type { RefusedEdit } from './local_store.ts';
import { isSaved, type Mutation, type Receipt } from './mutation.ts';
import type { Ask, OpenRow } from './open_rows.ts';

/** A row whose push is over. */
export interface PushedRow {
  row: OpenRow;
  /** The sequence that the store knows of it; 0 if it was refused. */
  seq: number;
  /** What holds, if the edit was saved and that is not what it asked for. */
  told: UserDocument | null;
}

/** The answers to the mutations of one row. */
export interface RowResult {
  pushed: PushedRow;
  refused: RefusedEdit[];
  /** Whether the last mutation, which is what the row says, was refused. */
  conflict: boolean;
}

/** What an author gets back of an edit that was not committed. `stood` is what held as far as we knew. */
export function refusedEdit(mutation: Mutation, receipt: Receipt, stood: UserDocument | null): RefusedEdit {
  const { document: mine, assumed: base } = mutation;
  const { outcome, conflicts, violations } = receipt;
  const theirs = receipt.document ?? stood;
  const at = new Date().toISOString();
  return { key: mutation.mutation_id, id: mine.id, outcome, mine, base, theirs, conflicts, violations, at };
}

/** The answer that we give ourselves: no message carries the row. */
export function refuseAsTooLarge({ document, assumed }: Ask): RefusedEdit {
  const mutation_id = crypto.randomUUID();
  const description = `The document must be at most ${mostDocumentBytes} bytes of JSON.`;
  const violations = [{ field: '', reason: 'TOO_LARGE', description }];
  const receipt: Receipt = { mutation_id, outcome: 'INVALID', conflicts: [], violations };
  return refusedEdit({ mutation_id, document, assumed }, receipt, assumed);
}

/** What holds instead of a refused edit. An insert that was refused becomes a tombstone: nobody else has it. */
export function holdsInstead({ theirs, mine }: RefusedEdit): UserDocument {
  return theirs ?? neverSaved(mine);
}

/** Every mutation of the row has its receipt. */
export function judge(row: OpenRow, receipts: ReadonlyMap<string, Receipt>): RowResult {
  const refused: RefusedEdit[] = [];
  let pushed: PushedRow = { row, seq: 0, told: null };
  let conflict = true;
  // What a mutation builds upon never held if that was refused.
  let stands = row.mutations[0]?.assumed ?? null;
  for (const mutation of row.mutations) {
    const receipt = receipts.get(mutation.mutation_id);
    if (receipt === undefined) throw new Error('a mutation without a receipt');
    const { seq = 0, document: told = null } = receipt;
    conflict = !isSaved(receipt.outcome);
    if (conflict) refused.push(refusedEdit(mutation, receipt, stands));
    pushed = conflict ? { row, seq: 0, told: null } : { row, seq, told };
    stands = told ?? (conflict ? stands : mutation.document);
  }
  return { pushed, refused, conflict };
}
