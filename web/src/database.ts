import type { UserRow } from '@usersync/sync';
import { dexieStorage, usersSchema } from '@usersync/sync';
import { createRxDatabase, type RxCollection } from 'rxdb';

export type Users = RxCollection<UserRow>;

const database = createRxDatabase({ name: 'usersync', storage: dexieStorage() });

/** The users that this browser keeps. After they were removed, an empty collection. */
export async function openUsers(): Promise<Users> {
  const { users } = await (await database).addCollections({ users: { schema: usersSchema } });
  return users as unknown as Users;
}
