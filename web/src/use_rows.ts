import { editUser, newUser, type UserInput, type UserRow } from '@usersync/sync';
import type { ShallowRef } from 'vue';
import type { Users } from './database.ts';
import { liveRows } from './live_rows.ts';
import { randomChange, randomOf } from './rows.ts';
import type { Log } from './use_log.ts';
import { useObservable } from './use_observable.ts';

/** The rows of this browser, newest first, and what a person does to them. */
export function useRows(users: Readonly<ShallowRef<Users | null>>, log: Log) {
  const rows = useObservable<readonly UserRow[]>(() => (users.value === null ? undefined : liveRows(users.value)), []);

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
