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

/** What an author gets back of an edit that was not committed. */
export function refusedEdit(mutation: Mutation, receipt: Receipt): RefusedEdit {
  const { document: mine, assumed: base } = mutation;
  const { outcome, conflicts, violations } = receipt;
  const theirs = receipt.document ?? base;
  const at = new Date().toISOString();
  return { key: mutation.mutation_id, id: mine.id, outcome, mine, base, theirs, conflicts, violations, at };
}

/** The answer that we give ourselves: no message carries the row. */
export function refuseAsTooLarge({ document, assumed }: Ask): RefusedEdit {
  const mutation_id = crypto.randomUUID();
  const description = `The document must be at most ${mostDocumentBytes} bytes of JSON.`;
  const violations = [{ field: '', reason: 'TOO_LARGE', description }];
  return refusedEdit(
    { mutation_id, document, assumed },
    { mutation_id, outcome: 'INVALID', conflicts: [], violations },
  );
}

/** What holds instead of a refused edit. An insert that was refused becomes a tombstone: nobody else has it. */
export function holdsInstead({ theirs, mine }: RefusedEdit): UserDocument {
  return theirs ?? neverSaved(mine);
}

/** Every mutation of the row has its receipt. */
export function judge(row: OpenRow, receipts: ReadonlyMap<string, Receipt>): RowResult {
  const answers = row.mutations.map((mutation) => {
    const receipt = receipts.get(mutation.mutation_id);
    if (receipt === undefined) throw new Error('a mutation without a receipt');
    return { mutation, receipt };
  });
  const last = answers.at(-1)?.receipt;
  const saved = last !== undefined && isSaved(last.outcome);
  const refused = answers
    .filter(({ receipt }) => !isSaved(receipt.outcome))
    .map(({ mutation, receipt }) => refusedEdit(mutation, receipt));
  const pushed = { row, seq: saved ? (last.seq ?? 0) : 0, told: saved ? (last.document ?? null) : null };
  return { pushed, refused, conflict: !saved };
}
