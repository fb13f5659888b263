// What a person does with the page in several tabs, while all is well.
import { expect, test } from 'vitest';
import { allEqual } from './harness/all_equal.ts';
import { headOf } from './harness/database.ts';
import { emailsOf } from './harness/document.ts';
import { eventually } from './harness/eventually.ts';
import type { Person } from './harness/person.ts';
import { Stage } from './harness/stage.ts';

const stage = Stage.ofFile();

/** Until the store has committed so much. */
const committed = (sequence: number) => eventually(async () => expect(await headOf(stage.system), 'the newest sequence').toBe(sequence));

test.each([2, 5])('%d people see what one creates, another updates and a third deletes', async (count) => {
  const people = await stage.people(count);
  const [first, last] = [people[0]!, people.at(-1)!];
  await first.create(`story-${count}@example.com`);
  for (const person of people) await person.row(`story-${count}@example.com`).waitFor();
  const before = await allEqual(stage.system, ...people);
  const head = await headOf(stage.system);

  await last.button('🔄 Update Random User').click();
  await committed(head + 1);
  const updated = await allEqual(stage.system, ...people);
  expect([...updated.values()].filter(({ id, status }) => before.get(id)?.status !== status), 'users with another status').toHaveLength(1);

  await first.button('🗑️ Delete Random User').click();
  await committed(head + 2);
  const after = await allEqual(stage.system, ...people);
  expect([emailsOf(after).length, after.size], 'the living, and all').toEqual([emailsOf(before).length - 1, before.size]);
});

test('who stops the replication writes for themselves alone, until they start it again', async () => {
  const [ann, bob, carol] = (await stage.people(3)) as [Person, Person, Person];
  await ann.button('⏹️ Stop Replication').click();
  await ann.inactive();
  await ann.create('kept-back@example.com');
  await bob.create('not-heard-of@example.com');
  // Everybody else has it.
  await carol.row('not-heard-of@').waitFor();
  expect([await ann.row('not-heard-of@').count(), await bob.row('kept-back@').count()], 'rows of the other').toEqual([0, 0]);
  await ann.start();
  await bob.row('kept-back@').waitFor();
  await allEqual(stage.system, ann, bob);
});

test('who clears all local users takes nothing from anybody, and gets them again', async () => {
  const [ann, bob] = await stage.two();
  const before = await allEqual(stage.system, ann, bob);
  await ann.button('⏹️ Stop Replication').click();
  await ann.button('🧹 Clear All Local Users').click();
  await eventually(async () => expect([await ann.countShown(), (await ann.rows()).size], 'users that are left').toEqual([0, 0]));
  await ann.start();
  await ann.active();
  expect(await allEqual(stage.system, ann, bob), 'all users').toEqual(before);
});
