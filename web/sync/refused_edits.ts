import type { RxCollection } from 'rxdb';
import { documentOf, type UserDocument, type UserRow } from './document.ts';
import type { LocalStore } from './local_store.ts';
import { mergeDocuments } from './merge.ts';

/**
 * Writes a refused edit again, as its author corrected it, upon what the row says now: only the fields that the
 * author changed, and where others changed the same, the author's.
 */
export async function applyAgain(
  store: LocalStore,
  users: RxCollection<UserRow>,
  key: string,
  corrected?: UserDocument,
): Promise<void> {
  const edit = await store.refused(key);
  if (edit === null) return;
  const mine = { ...(corrected ?? edit.mine), updated_at: new Date().toISOString() };
  const row = await users.findOne(edit.id).exec();
  const { _deleted, ...fields } = mine;
  if (row !== null) await row.incrementalModify((current) => mergeDocuments(edit.base, mine, documentOf(current)).document);
  else if (!_deleted) await users.insert(fields);
  await store.dropRefused(key);
}
