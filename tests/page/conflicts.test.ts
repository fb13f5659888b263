// Two people write about the same user while one of them has no network.
import { beforeEach, expect, test } from 'vitest';
import { allEqual } from './harness/all_equal.ts';
import type { Document } from './harness/document.ts';
import type { Person } from './harness/person.ts';
import { Stage } from './harness/stage.ts';

const stage = Stage.ofFile();
let ann: Person;
let bob: Person;
let email: string;

/** What everybody holds of the user that the test is about. */
async function agreed(...changed: string[]): Promise<Document | undefined> {
  const users = await allEqual(stage.system, ann, bob);
  return [...users.values()].find((user) => [email, ...changed].includes(user.email));
}

/** Both do something while Ann has no network; then she comes back. */
async function apart(byAnn: () => Promise<void>, byBob: () => Promise<void>): Promise<void> {
  await ann.context.setOffline(true);
  await ann.inactive();
  await Promise.all([byAnn(), byBob()]);
  await ann.context.setOffline(false);
}

/** Ann's edit that was refused, with what she reads of it. */
async function refusedEdit(...words: string[]) {
  const refused = ann.refusedEdits();
  for (const each of words) await refused.filter({ hasText: each }).waitFor();
  expect(await refused.count(), 'refused edits').toBe(1);
  return refused;
}

beforeEach(async ({ task }) => {
  [ann, bob] = await stage.two();
  email = `${task.id}@example.com`;
  await ann.create(email, 'active', 'user');
  await bob.row(email).waitFor();
  await agreed();
});

test('edits of different fields are joined, and nobody is asked', async () => {
  await apart(
    () => ann.edit(email, { Status: 'paused' }),
    () => bob.edit(email, { Role: 'admin' }),
  );
  for (const person of [ann, bob]) await person.row(email).filter({ hasText: 'paused' }).filter({ hasText: 'admin' }).waitFor();
  expect(await agreed()).toMatchObject({ status: 'paused', role: 'admin' });
  expect(await ann.refusedEdits().count(), 'refused edits').toBe(0);
});

test('of a conflict both sides are shown, and the author can let the edit win', async () => {
  await apart(
    () => ann.edit(email, { Status: 'mine' }),
    () => bob.edit(email, { Status: 'theirs', Role: 'admin' }),
  );
  const refused = await refusedEdit('mine', 'theirs', 'active');
  await ann.row(email).filter({ hasText: 'theirs' }).filter({ hasText: 'conflict' }).waitFor();
  expect(await agreed()).toMatchObject({ status: 'theirs', role: 'admin' });

  await refused.getByRole('button', { name: 'Apply again' }).click();
  await bob.row(email).filter({ hasText: 'mine' }).waitFor();
  expect(await agreed()).toMatchObject({ status: 'mine', role: 'admin' });
  expect(await ann.refusedEdits().count(), 'refused edits').toBe(0);
});

test('of a conflict the other side can be kept', async () => {
  await apart(
    () => ann.edit(email, { Status: 'mine' }),
    () => bob.edit(email, { Status: 'theirs' }),
  );
  const refused = await refusedEdit('mine', 'theirs');
  await refused.getByRole('button', { name: 'Drop' }).click();
  await refused.waitFor({ state: 'hidden' });
  await ann.row(email).filter({ hasText: 'theirs' }).filter({ hasText: 'saved' }).waitFor();
  expect(await agreed()).toMatchObject({ status: 'theirs' });
});

test('what is typed into a row stays though somebody deletes it, and can be saved when the user is back', async () => {
  await ann.row(email).getByRole('button', { name: 'Edit' }).click();
  const editor = ann.page.getByRole('row').filter({ has: ann.page.getByRole('textbox') });
  await editor.getByLabel('Status').fill('typed');
  await bob.remove(email);
  await editor.getByRole('alert').waitFor();
  expect(await editor.getByRole('button', { name: 'Save' }).count()).toBe(0);

  await editor.getByRole('button', { name: 'History' }).click();
  await ann.button('Undelete this user').click();
  await bob.row(email).waitFor();
  await ann.page.keyboard.press('Escape');
  await editor.getByRole('button', { name: 'Save' }).click();
  await bob.row(email).filter({ hasText: 'typed' }).waitFor();
  expect(await agreed()).toMatchObject({ status: 'typed' });
});

test('who deletes what another edits is told, and the user stays', async () => {
  await apart(
    () => ann.remove(email),
    () => bob.edit(email, { Status: 'theirs' }),
  );
  const refused = await refusedEdit('theirs');
  await ann.row(email).filter({ hasText: 'theirs' }).waitFor();
  expect(await agreed()).toMatchObject({ status: 'theirs', _deleted: false });

  await refused.getByRole('button', { name: 'Apply again' }).click();
  await bob.row(email).waitFor({ state: 'hidden' });
  expect(await agreed()).toMatchObject({ _deleted: true });
});

test('an address that is taken is refused with the reason, and can be corrected', async () => {
  await bob.edit(email, { Email: `first-${email}` });
  await ann.row(`first-${email}`).waitFor();
  await ann.create(`second-${email}`);
  await ann.edit(`second-${email}`, { Email: `first-${email}` });
  const refused = await refusedEdit(`first-${email}`, 'is taken: another living user has this address');
  await refused.getByRole('button', { name: 'Correct' }).click();
  await refused.getByLabel('Email').fill(`third-${email}`);
  await refused.getByRole('button', { name: 'Send corrected' }).click();
  await bob.row(`third-${email}`).waitFor();
  expect(await agreed(`third-${email}`)).toBeDefined();
  expect(await ann.refusedEdits().count(), 'refused edits').toBe(0);
});
