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
  // Nobody here holds the local store after this.
  await collection.close();
  const store = await LocalStore.open(database, name);
  // Before the users: another tab opens both anew when the users are gone.
  await store.remove();
  await collection.remove();
}
