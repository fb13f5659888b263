import { IDBFactory, IDBKeyRange, IDBObjectStore } from 'fake-indexeddb';
import { createRxDatabase, type RxCollection, type RxDatabase } from 'rxdb';
import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { dexieSettings } from './dexie_reads.ts';
import type { UserRow } from './document.ts';
import { usersSchema } from './schema.ts';
import { user } from './testing/users.ts';

let database: RxDatabase;
let users: RxCollection<UserRow>;

beforeEach(async () => {
  const storage = getRxStorageDexie({ ...dexieSettings, indexedDB: new IDBFactory(), IDBKeyRange });
  database = await createRxDatabase({ name: crypto.randomUUID(), storage, multiInstance: false });
  ({ users } = (await database.addCollections({ users: { schema: usersSchema } })) as unknown as { users: RxCollection<UserRow> });
});

afterEach(async () => {
  vi.restoreAllMocks();
  await database.close();
});

const ids = (first: number, last: number) => Array.from({ length: last - first }, (_, index) => `u${first + index}`);

function rows(first: number, last: number): UserRow[] {
  return ids(first, last).map((id) => {
    const { _deleted, ...row } = user({ id, email: `${id}@example.com` });
    return row;
  });
}

/** How many rows `work` asks IndexedDB for, one by one. */
async function asked(work: () => Promise<unknown>): Promise<number> {
  const get = vi.spyOn(IDBObjectStore.prototype, 'get');
  await work();
  return get.mock.calls.length;
}

/** Of the storage, because a collection has a cache of its own. */
const find = (wanted: string[]) => users.storageInstance.findDocumentsById(wanted, true);

test('many new rows are written without asking for one of them', async () => {
  expect(await asked(() => users.bulkInsert(rows(0, 200)))).toBe(0);
});

test('of many rows only those are asked for that are there, and each comes as it is', async () => {
  await users.bulkInsert(rows(100, 180));
  const wanted = ids(0, 300).reverse();
  expect(await asked(() => find(wanted))).toBe(80);
  const found = await find(wanted);
  expect(found.map(({ id, email }) => [id, email])).toEqual(ids(100, 180).reverse().map((id) => [id, `${id}@example.com`]));
});

test('each row stands where its key stood', async () => {
  await users.bulkInsert(rows(100, 180));
  const { dexieTable } = (await users.storageInstance.internals) as { dexieTable: { bulkGet(keys: string[]): Promise<(UserRow | undefined)[]> } };
  const found = await dexieTable.bulkGet(ids(90, 190));
  expect(found.map((row) => row?.id)).toEqual(ids(90, 190).map((id) => (ids(100, 180).includes(id) ? id : undefined)));
});

test('where there are many more rows than asked for, they are asked for as always', async () => {
  await users.bulkInsert(rows(0, 600));
  const wanted = [...ids(590, 600), ...ids(1000, 1050)];
  expect(await asked(() => find(wanted))).toBe(wanted.length);
  expect((await find(wanted)).map(({ id }) => id)).toEqual(ids(590, 600));
});

test('a row that is written twice at once is still in conflict with itself', async () => {
  await users.bulkInsert(rows(0, 100));
  const { success, error } = await users.bulkInsert(rows(50, 150));
  expect([success.length, error.length]).toEqual([50, 50]);
});
