import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import type { RunningSystem } from '../../../web/sync/testing/running_system.ts';
import { usersOf } from './database.ts';
import { type Documents, listed } from './document.ts';
import { eventually } from './eventually.ts';
import type { Person } from './person.ts';
import { broadcastsOf } from './streams.ts';

/** So many rows the page draws at once. */
const mostShown = 300;
/** So many differences are enough to read. */
const mostTold = 10;

/** What a browser must hold: everything, and beside it only what was never taken and is gone here too. */
function shared(rows: Documents, known: Documents): Documents {
  return new Map([...rows].filter(([id, { _deleted }]) => known.has(id) || !_deleted));
}

/** Of thousands only what differs is told. */
function expectSame(found: Documents, users: Documents, what: string): void {
  const ids = [...new Set([...found.keys(), ...users.keys()])].filter((id) => !isDeepStrictEqual(found.get(id), users.get(id)));
  const told = ids.slice(0, mostTold);
  expect(told.map((id) => found.get(id)), `${what}: ${ids.length} of ${users.size} users differ`).toEqual(told.map((id) => users.get(id)));
}

/** The page shows just them, though of many only the newest. */
async function expectShown(person: Person, users: Documents, name: string): Promise<void> {
  const living = listed(users);
  const first = living.slice(0, mostShown).map(({ email, status, role = '' }) => `${email} | ${status} | ${role}`);
  expect(await person.shownUsers(), `what ${name} shows`).toEqual(first);
  expect(await person.countShown(), `how many users ${name} counts`).toBe(living.length);
}

/**
 * Every browser = NATS = PostgreSQL, compared document by document, tombstones included, and each page shows just the
 * users that are not deleted. Returns them all.
 */
export async function expectEqual(system: RunningSystem, ...people: Person[]): Promise<Documents> {
  const users = await usersOf(system);
  const names = people.map((_, index) => `page ${index + 1}`);
  // What costs least first: it is asked again and again.
  for (const [index, person] of people.entries()) await expectShown(person, users, names[index]!);
  expectSame(await broadcastsOf(system), users, 'what NATS told last');
  for (const [index, person] of people.entries()) {
    expect(await person.pending(), `what ${names[index]} has on its way`).toEqual([]);
    expectSame(shared(await person.rows(), users), users, `what ${names[index]} keeps`);
  }
  return users;
}

/** Waits until all is equal. */
export function allEqual(system: RunningSystem, ...people: Person[]): Promise<Documents> {
  return eventually(() => expectEqual(system, ...people));
}
