// What a person does with the page in several tabs, while all is well.
import { expect, test } from 'vitest';
import { allEqual } from './harness/all_equal.ts';
import { emailsOf } from './harness/document.ts';
import { eventually } from './harness/eventually.ts';
import { Stage } from './harness/stage.ts';

const stage = Stage.ofFile();

test.each([2, 5])('%d people see what one creates, another updates and a third deletes', async (count) => {
  const people = await stage.people(count);
  const [first, last] = [people[0]!, people.at(-1)!];
  await first.create(`story-${count}@example.com`);
  for (const person of people) await person.row(`story-${count}@example.com`).waitFor();
  const before = await allEqual(stage.system, ...people);

  await last.button('🔄 Update Random User').click();
  await eventually(async () => expect(await allEqual(stage.system, ...people)).not.toEqual(before));

  await first.button('🗑️ Delete Random User').click();
  await eventually(async () => {
    const after = await allEqual(stage.system, ...people);
    expect(emailsOf(after)).toHaveLength(emailsOf(before).length - 1);
  });
});

test('who stops the replication writes for themselves alone, until they start it again', async () => {
  const [ann, bob] = await stage.two();
  await ann.button('⏹️ Stop Replication').click();
  await ann.inactive();
  await ann.create('kept-back@example.com');
  await bob.create('not-heard-of@example.com');
  await bob.row('not-heard-of@').filter({ hasText: 'saved' }).waitFor();
  expect([await ann.row('not-heard-of@').count(), await bob.row('kept-back@').count()]).toEqual([0, 0]);
  await ann.start();
  await bob.row('kept-back@').waitFor();
  await allEqual(stage.system, ann, bob);
});

test('who clears all local users takes nothing from anybody, and gets them again', async () => {
  const [ann, bob] = await stage.two();
  const before = await allEqual(stage.system, ann, bob);
  await ann.button('⏹️ Stop Replication').click();
  await ann.button('🧹 Clear All Local Users').click();
  await eventually(async () => expect([await ann.countShown(), (await ann.rows()).size]).toEqual([0, 0]));
  await ann.start();
  await ann.active();
  expect(await allEqual(stage.system, ann, bob)).toEqual(before);
});
