import { sameDocument, type UserDocument } from './document.ts';

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
 * older copy. `theirs` is what the store holds, if anything. `belief` is what the author of an edit that was
 * never answered started from; undefined if the row holds no such edit.
 */
export function reconcile(
  mine: UserDocument,
  theirs: UserDocument | undefined,
  belief: UserDocument | null | undefined,
): Reconciliation {
  if (theirs === undefined) return mine._deleted ? { kind: 'same' } : { kind: 'send', assumed: null };
  if (sameDocument(mine, theirs)) return { kind: 'same' };
  if (belief !== undefined) return { kind: 'send', assumed: belief };
  return { kind: 'theirs', document: theirs };
}
