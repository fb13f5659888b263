import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { createRxDatabase, getChangedDocumentsSince, type RxCollection, type RxDatabase, type RxStorageDefaultCheckpoint } from 'rxdb';
import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie';
import { afterEach, expect, test } from 'vitest';
import { dexieStorage } from './dexie_storage.ts';
import type { UserRow } from './document.ts';
import { usersSchema } from './schema.ts';
import { user } from './testing/users.ts';

type Users = RxCollection<UserRow>;

const databases: RxDatabase[] = [];
const settings = { indexedDB: new IDBFactory(), IDBKeyRange };

afterEach(async () => {
  await Promise.all(databases.splice(0).map((database) => database.close()));
});

async function open(name: string, storage = dexieStorage(settings)): Promise<Users> {
  const database = await createRxDatabase({ name, storage, multiInstance: false });
  databases.push(database);
  return ((await database.addCollections({ users: { schema: usersSchema } })) as unknown as { users: Users }).users;
}

function rows(count: number): UserRow[] {
  return Array.from({ length: count }, (_, index) => {
    const { _deleted, ...row } = user({ id: `u${(index * 7919) % count}`, email: `${index}@example.com` });
    return row;
  });
}

/** All that was written, page by page, and where each page ended. */
async function changes({ storageInstance }: Users, limit: number) {
  const pages: unknown[] = [];
  let checkpoint: RxStorageDefaultCheckpoint | undefined;
  for (;;) {
    const page = await getChangedDocumentsSince(storageInstance, limit, checkpoint);
    pages.push(page);
    if (page.documents.length === 0) return pages;
    checkpoint = page.checkpoint as RxStorageDefaultCheckpoint;
  }
}

test('what was written since is found as RxDB itself finds it, tombstones too', async () => {
  const users = await open('written');
  await users.bulkInsert(rows(100));
  await users.bulkInsert(rows(130));
  await users.find({ selector: { id: { $in: ['u3', 'u77'] } } }).remove();
  await users.findOne('u5').incrementalPatch({ status: 'away' });
  const found = await changes(users, 40);
  await users.database.close();
  databases.length = 0;
  expect(found).toHaveLength(5);
  expect(found).toEqual(await changes(await open('written', getRxStorageDexie(settings)), 40));
});
