import type { UserRow } from '@usersync/sync';
import { usersSchema } from '@usersync/sync';
import { createRxDatabase, type RxCollection } from 'rxdb';
import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie';

export type Users = RxCollection<UserRow>;

/** The users that this browser keeps. */
export async function openUsers(): Promise<Users> {
  const database = await createRxDatabase({ name: 'usersync', storage: getRxStorageDexie() });
  const { users } = await database.addCollections({ users: { schema: usersSchema } });
  return users as unknown as Users;
}
