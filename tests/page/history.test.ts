// What was: the timeline of a user, verified by the browser, compared, and brought back.
import { beforeEach, expect, test } from 'vitest';
import { tamper } from './harness/database.ts';
import { feedIs, History } from './harness/history.ts';
import type { Person } from './harness/person.ts';
import { Stage } from './harness/stage.ts';

const stage = Stage.ofFile();
let ann: Person;
let bob: Person;
let email: string;

beforeEach(async ({ task }) => {
  [ann, bob] = await stage.two();
  email = `${task.id}@example.com`;
  await ann.create(email, 'active', 'user');
  await bob.row(email).waitFor();
  await bob.edit(email, { Status: 'paused', Role: '' });
  await ann.row(email).filter({ hasText: 'paused' }).waitFor();
});

test('the timeline marks what was added, removed and changed, and the browser verifies all of it', async () => {
  const history = await History.ofRow(ann, email);
  await history.text('2 of 2 shown versions verified by this browser').waitFor();
  const newest = await history.version(2).innerText();
  expect(newest).toMatch(/updated\s+current[\s\S]*by frontend-client[\s\S]*status changed\s+active\s*→\s*paused[\s\S]*role removed\s+user/);
  expect(await history.version(1).innerText()).toMatch(/created[\s\S]*email added[\s\S]*role added\s+user/);
});

test('any two versions are compared field by field', async () => {
  const history = await History.ofRow(ann, email);
  await history.dialog.getByLabel('From version').selectOption('nothing yet');
  await history.dialog.getByLabel('To version').selectOption('version 1');
  await history.button('Compare').click();
  const comparison = history.dialog.getByRole('form', { name: 'Compare two versions' });
  await comparison.getByText('From version 0 to version 1').waitFor();
  expect(await comparison.innerText()).toMatch(/email added\s+\S+@example\.com[\s\S]*status added\s+active/);
});

test('an earlier version is restored with a reason, and everybody gets it', async () => {
  const history = await History.ofRow(ann, email);
  await history.version(1).getByRole('button', { name: 'Restore this version' }).click();
  await history.version(1).getByText('what would change now').waitFor();
  await history.dialog.getByLabel('Reason').fill('it was a mistake');
  await history.button('Restore version 1').click();
  await history.text('Version 1 is restored').waitFor();
  expect(await history.version(3).innerText()).toMatch(/restored\s+current[\s\S]*it was a mistake/);
  await bob.row(email).filter({ hasText: 'active' }).filter({ hasText: 'user' }).waitFor();
});

test('who restores what somebody has changed meanwhile is told, and may look and decide anew', async () => {
  await feedIs(ann, 'live');
  const history = await History.ofRow(ann, email);
  await history.version(1).getByRole('button', { name: 'Restore this version' }).click();
  await bob.edit(email, { Status: 'invited' });
  // The feed has told of it.
  await history.version(3).waitFor();
  await history.button('Restore version 1').click();
  await history.text('Somebody changed this user').waitFor();
  await history.version(1).getByText('invited').waitFor();
  await history.button('Restore version 1').click();
  await history.version(4).waitFor();
  await bob.row(email).filter({ hasText: 'active' }).waitFor();
});

test('a deleted user is found through the feed, and comes back', async () => {
  await feedIs(ann, 'live');
  await bob.remove(email);
  await ann.row(email).waitFor({ state: 'hidden' });
  const history = await History.ofFeed(ann, 'delete');
  await history.button('Undelete this user').click();
  await history.text('The user is back').waitFor();
  await history.close();
  for (const person of [ann, bob]) await person.row(email).filter({ hasText: 'paused' }).waitFor();
});

test('a version that is not what was committed is found by the browser', async () => {
  await tamper(stage.system, `UPDATE version SET json = jsonb_set(json, '{status}', '"forged"') WHERE version = 1 AND json->>'email' = '${email}'`);
  const history = await History.ofRow(ann, email);
  await history.text('✗ 1 of 2 shown versions verified').waitFor();
  await history.version(1).getByText('does not verify').click();
  await history.version(1).getByText('The content is not what was committed').waitFor();
});

test('an id that nobody has is said to be unknown, with what to do', async () => {
  const history = await History.ofId(ann, 'nobody-has-this');
  await history.text('The store knows no user with this id').waitFor();
});
