import type { RxCollection } from 'rxdb';
import type { UserRow } from './document.ts';
import { LocalStore } from './local_store.ts';

/**
 * Forgets all users that this browser keeps, in every tab, with whatever was written here and not sent, with the
 * edits that were refused, and with what the replication remembers. For everybody else nothing changes: a
 * replication of a collection that is made anew pulls them again. Replications of the collection are cancelled and
 * it is closed, here and in the other tabs, as by RxDB's `remove()`.
 */
export async function forgetUsers(collection: RxCollection<UserRow>): Promise<void> {
  const { database, name } = collection;
  // The rows first: what is remembered of rows that are gone is of no use, but does no harm.
  await collection.remove();
  const store = await LocalStore.open(database, name);
  await store.remove();
}
