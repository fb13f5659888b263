import { editUser, newUser, type UserInput, type UserRow } from '@usersync/sync';
import { map } from 'rxjs';
import type { RxDocument } from 'rxdb';
import type { ShallowRef } from 'vue';
import type { Users } from './database.ts';
import { newestFirst, randomChange, randomOf } from './rows.ts';
import type { Log } from './use_log.ts';
import { useObservable } from './use_observable.ts';

/** RxDB gives the same document object while a row stays as it is: so rows that did not change are not drawn again. */
const rowsOf = new WeakMap<RxDocument<UserRow>, UserRow>();

function rowOf(document: RxDocument<UserRow>): UserRow {
  const known = rowsOf.get(document);
  if (known !== undefined) return known;
  const row = document.toMutableJSON();
  rowsOf.set(document, row);
  return row;
}

/** The rows of this browser, newest first, and what a person does to them. */
export function useRows(users: Readonly<ShallowRef<Users | null>>, log: Log) {
  const rows = useObservable<UserRow[]>(
    () => users.value?.find().$.pipe(map((documents) => documents.map(rowOf).sort(newestFirst))),
    [],
  );

  /** Says what was done, or why not. */
  async function write(said: string, work: (users: Users) => Promise<unknown>): Promise<void> {
    try {
      if (users.value === null) throw new Error('The users of this browser are not open: wait a moment, or reload the page.');
      await work(users.value);
      log.say(said);
    } catch (error) {
      log.fail(error);
    }
  }

  const create = (input: UserInput) => write(`Created ${input.email}.`, (users) => users.insert(newUser(input)));
  const save = (row: UserRow, changes: Partial<UserInput>) =>
    write(`Changed ${row.email}.`, (users) => editUser(users, row.id, changes));
  const remove = (row: UserRow) =>
    write(`Deleted ${row.email}.`, async (users) => (await users.findOne(row.id).exec())?.incrementalRemove());

  async function updateRandom(): Promise<void> {
    const row = randomOf(rows.value);
    if (row !== undefined) await save(row, randomChange(row));
  }

  async function removeRandom(): Promise<void> {
    const row = randomOf(rows.value);
    if (row !== undefined) await remove(row);
  }

  return { rows, create, save, remove, updateRandom, removeRandom };
}
