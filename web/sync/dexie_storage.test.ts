import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import {
  createRxDatabase,
  type DexieStorageInternals,
  getChangedDocumentsSince,
  getRxReplicationMetaInstanceSchema,
  type RxCollection,
  type RxDatabase,
  type RxStorageDefaultCheckpoint,
  type RxStorageReplicationMeta,
} from 'rxdb';
import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie';
import { afterEach, expect, test } from 'vitest';
import { dexieStorage } from './dexie_storage.ts';
import type { UserRow } from './document.ts';
import { usersSchema } from './schema.ts';
import { user } from './testing/users.ts';

type Users = RxCollection<UserRow>;

const databases: RxDatabase[] = [];
const settings = { indexedDB: new IDBFactory(), IDBKeyRange };

async function closeAll(): Promise<void> {
  await Promise.all(databases.splice(0).map((database) => database.close()));
}

afterEach(closeAll);

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

/** What RxDB believes of rows. Its storage is of that shape. */
async function openBeliefs(name: string, storage = dexieStorage(settings)) {
  const { database, schema } = await open(name, storage);
  return database.storage.createStorageInstance<RxStorageReplicationMeta<UserRow, unknown>>({
    databaseName: database.name,
    databaseInstanceToken: database.token,
    collectionName: 'rx-replication-meta-1',
    schema: getRxReplicationMetaInstanceSchema<UserRow, unknown>(schema.jsonSchema, false),
    multiInstance: false,
    options: {},
    devMode: false,
  });
}

test('indexes that nobody asks are not made, and a database of RxDB’s own storage that has them is taken as it is', async () => {
  const indexesOf = async (users: Users) => {
    const { dexieTable } = (await users.storageInstance.internals) as Awaited<DexieStorageInternals>;
    return dexieTable.schema.indexes.map(({ name }) => name);
  };
  expect(await indexesOf(await open('new'))).toEqual(['[_deleted+id]', '[_meta.lwt+id]']);
  const before = await open('taken-over', getRxStorageDexie(settings));
  await before.bulkInsert(rows(60));
  await closeAll();
  const users = await open('taken-over');
  expect(await users.count().exec()).toBe(60);
  await users.findOne('u5').incrementalPatch({ status: 'away' });
  expect(await changes(users, 100)).toHaveLength(2);
});

test('what RxDB believes can be read in the order in which it was written, as a migration does', async () => {
  const beliefs = await openBeliefs('beliefs');
  const written = ['b', 'a', 'c'].map((itemId, index) => ({
    document: { id: `${itemId}|0`, itemId, isCheckpoint: '0', docData: user({ id: itemId }), _deleted: false, _attachments: {}, _rev: '1-x', _meta: { lwt: 10 + Math.min(index, 1) } },
  }));
  await beliefs.bulkWrite(written as never, 'test');
  const first = await getChangedDocumentsSince(beliefs, 2);
  const rest = await getChangedDocumentsSince(beliefs, 2, first.checkpoint);
  expect([first, rest].map(({ documents }) => documents.map(({ itemId }) => itemId))).toEqual([['b', 'a'], ['c']]);
  expect((await getChangedDocumentsSince(beliefs, 2, rest.checkpoint)).documents).toEqual([]);
  await beliefs.close();
});

test('a cleanup removes the tombstones that are old enough, and nothing else', async () => {
  const users = await open('cleaned');
  await users.bulkInsert(rows(3));
  await users.findOne('u1').remove();
  const { storageInstance } = users;
  const there = async () => (await storageInstance.findDocumentsById(['u0', 'u1', 'u2'], true)).map(({ id }) => id);
  await storageInstance.cleanup(60_000);
  expect(await there()).toEqual(['u0', 'u1', 'u2']);
  await storageInstance.cleanup(-60_000);
  expect(await there()).toEqual(['u0', 'u2']);
});
