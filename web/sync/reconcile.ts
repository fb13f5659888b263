import { isNeverSaved, sameDocument, type UserDocument } from './document.ts';

/** What becomes of a row of an earlier generation. */
export type Reconciliation =
  /** Nothing: both sides say so already. */
  | { kind: 'same' }
  /** It takes what the store says. */
  | { kind: 'theirs'; document: UserDocument }
  /** It is sent, with what its author believed; null for an insert. */
  | { kind: 'send'; assumed: UserDocument | null };

/**
 * Compares a row with a history that is not the one it came from: another database, or one put back to an
 * older copy. `theirs` is what the store holds, if anything; `belief` is what RxDB believed of the row in the
 * generation before, undefined if it was never pulled or pushed. A row that differs from it holds an edit
 * that was never answered.
 */
export function reconcile(
  mine: UserDocument,
  theirs: UserDocument | undefined,
  belief: UserDocument | undefined,
): Reconciliation {
  if (theirs === undefined) return mine._deleted ? { kind: 'same' } : { kind: 'send', assumed: null };
  if (sameDocument(mine, theirs)) return { kind: 'same' };
  if (isNeverSaved(mine)) return { kind: 'theirs', document: theirs };
  if (belief === undefined) return { kind: 'send', assumed: null };
  return sameDocument(mine, belief) ? { kind: 'theirs', document: theirs } : { kind: 'send', assumed: belief };
}
