import { expect } from 'vitest';
import type { RunningSystem } from '../../../web/sync/testing/running_system.ts';
import { broadcastsOf } from './broadcasts.ts';
import { usersOf } from './database.ts';
import { type Documents, emailsOf, sorted } from './document.ts';
import { eventually } from './eventually.ts';
import type { Person } from './person.ts';

/** So many rows the page draws at once. */
const mostShown = 300;

/** What a browser must hold: everything, and beside it only what was never taken and is gone here too. */
function shared(rows: Documents, known: Documents): Documents {
  return new Map([...rows].filter(([id, { _deleted }]) => known.has(id) || !_deleted));
}

/** The page shows just them, though of many only the newest. */
async function expectShown(person: Person, living: string[]): Promise<void> {
  expect(await person.countShown()).toBe(living.length);
  const shown = await person.shownEmails();
  expect(shown).toHaveLength(Math.min(living.length, mostShown));
  expect(living).toEqual(expect.arrayContaining(shown));
}

/**
 * Waits until every browser = NATS = PostgreSQL, compared document by document, tombstones included, and until
 * each page shows just the users that are not deleted. Returns them all.
 */
export function allEqual(system: RunningSystem, ...people: Person[]): Promise<Documents> {
  return eventually(async () => {
    const users = await usersOf(system);
    // What costs least first: it is asked again and again.
    for (const person of people) await expectShown(person, emailsOf(users));
    expect(sorted(await broadcastsOf(system)), 'what NATS told last').toEqual(sorted(users));
    for (const person of people) {
      expect(await person.pending(), 'what is on its way').toEqual([]);
      expect(sorted(shared(await person.rows(), users)), 'what a browser keeps').toEqual(sorted(users));
    }
    return users;
  });
}
