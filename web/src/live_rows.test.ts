import { newUser, usersSchema, type UserRow } from '@usersync/sync';
import { createRxDatabase } from 'rxdb';
import { getRxStorageMemory } from 'rxdb/plugins/storage-memory';
import { firstValueFrom, type Observable } from 'rxjs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Users } from './database.ts';
import { liveRows } from './live_rows.ts';

let users: Users;

beforeEach(async () => {
  const database = await createRxDatabase({ name: crypto.randomUUID(), storage: getRxStorageMemory(), multiInstance: false });
  users = (await database.addCollections({ users: { schema: usersSchema } })).users as unknown as Users;
});
afterEach(() => users.database.close());

const user = (email: string): UserRow => newUser({ email, status: 'active' });

/** What it said so far, by addresses. */
function listen(rows$: Observable<readonly UserRow[]>): string[][] {
  const said: string[][] = [];
  rows$.subscribe((rows) => said.push(rows.map(({ email }) => email).sort()));
  return said;
}

test('it tells the rows that are there, none too, and then every change', async () => {
  expect(await firstValueFrom(liveRows(users))).toEqual([]);
  const row = user('a@example.com');
  await users.insert(row);
  const said = listen(liveRows(users));
  await vi.waitFor(() => expect(said).toEqual([['a@example.com']]));
  await users.insert(user('b@example.com'));
  await users.findOne(row.id).incrementalPatch({ email: 'c@example.com' });
  await users.findOne(row.id).remove();
  await vi.waitFor(() => expect(said.slice(1)).toEqual([['a@example.com', 'b@example.com'], ['b@example.com', 'c@example.com'], ['b@example.com']]));
});

test('what is written while the rows are read is neither lost nor taken back', async () => {
  const [kept, gone, late] = [user('kept@example.com'), user('gone@example.com'), user('late@example.com')];
  await users.bulkInsert([kept, gone]);
  // What was read before these writes is told after them.
  const read = await users.find().exec();
  vi.spyOn(users, 'find').mockReturnValue({ exec: async () => {
    await users.insert(late);
    await users.findOne(gone.id).remove();
    return read;
  } } as never);
  const said = listen(liveRows(users));
  await vi.waitFor(() => expect(said.at(-1)).toEqual(['kept@example.com', 'late@example.com']));
  expect(said).toHaveLength(1);
});
