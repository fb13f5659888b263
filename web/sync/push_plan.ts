import type { RxReplicationWriteToMasterRow } from 'rxdb';
import { jsonBytes, mostDocumentBytes } from './batch.ts';
import { documentOf, isNeverSaved, sameDocument, type UserDocument, type UserRow } from './document.ts';
import type { Ask } from './open_rows.ts';
import { reconcile } from './reconcile.ts';

/** What rows of an earlier generation are compared with. */
export interface OtherHistory {
  documents: ReadonlyMap<string, UserDocument>;
  /** What RxDB believed of each row in the generation before. */
  beliefs: ReadonlyMap<string, UserDocument>;
}

/** What becomes of rows that RxDB wants to push. Rows that say nothing new are in none of the lists. */
export interface PushPlan {
  /** What holds instead of rows that are older. */
  theirs: UserDocument[];
  /** Never sent: no message carries them. */
  tooLarge: Ask[];
  toSend: Ask[];
}

function askOf({ newDocumentState, assumedMasterState }: RxReplicationWriteToMasterRow<UserRow>): Ask {
  const believed = assumedMasterState === undefined ? null : documentOf(assumedMasterState);
  // The store knows nothing of an insert that it refused, and the rule it broke would be broken by the belief, too.
  const assumed = believed === null || isNeverSaved(believed) ? null : believed;
  return { id: newDocumentState.id, document: documentOf(newDocumentState), assumed };
}

/** What was written before the row was made what the store has: another tab told of it late. */
function outdated(
  { newDocumentState, assumedMasterState }: RxReplicationWriteToMasterRow<UserRow>,
  stored: UserDocument | undefined,
): UserDocument | null {
  if (stored === undefined || assumedMasterState === undefined) return null;
  const isSaved = sameDocument(stored, documentOf(assumedMasterState));
  return isSaved && !sameDocument(stored, documentOf(newDocumentState)) ? stored : null;
}

/** `history` is null unless the rows come from an earlier generation. `stored` are the rows as they are now, by id. */
export function planPush(
  rows: readonly RxReplicationWriteToMasterRow<UserRow>[],
  history: OtherHistory | null,
  stored: ReadonlyMap<string, UserDocument>,
): PushPlan {
  const plan: PushPlan = { theirs: [], tooLarge: [], toSend: [] };
  for (const row of rows) {
    const newer = outdated(row, stored.get(row.newDocumentState.id));
    if (newer !== null) {
      plan.theirs.push(newer);
      continue;
    }
    const ask = askOf(row);
    const { id, document, assumed } = ask;
    // What RxDB believes now comes from this generation.
    const found =
      assumed !== null || (history === null && !isNeverSaved(document))
        ? ({ kind: 'send', assumed } as const)
        : reconcile(document, history?.documents.get(id), history?.beliefs.get(id));
    if (found.kind === 'same') continue;
    if (found.kind === 'theirs') plan.theirs.push(found.document);
    else if (jsonBytes(document) > mostDocumentBytes) plan.tooLarge.push(ask);
    else plan.toSend.push({ ...ask, assumed: found.assumed });
  }
  return plan;
}
