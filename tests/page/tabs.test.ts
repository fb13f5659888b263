// Pages of one browser profile: closed in the middle of something, opened again, several at once.
import { expect, test } from 'vitest';
import { allEqual } from './harness/all_equal.ts';
import { versionsOf } from './harness/database.ts';
import { emailsOf } from './harness/document.ts';
import { eventually } from './harness/eventually.ts';
import { whileDown } from './harness/faults.ts';
import { Stage } from './harness/stage.ts';
import { publishedTo } from './harness/streams.ts';

const stage = Stage.ofFile();

test('what a page was sending when it was closed is sent when it is opened again, once', async () => {
  const [ann, bob] = await stage.two();
  await whileDown(stage.system, 'store', async () => {
    const before = await publishedTo(stage.system);
    await ann.create('in-mid-push@example.com');
    // It is sent, and nobody answers.
    await eventually(async () => expect(await publishedTo(stage.system), 'messages').toBeGreaterThan(before));
    expect(await ann.pending()).toHaveLength(1);
    await ann.page.close();
  });
  const again = await stage.open(ann.context);
  // Before anything runs, what was written is there.
  await again.row('in-mid-push@').waitFor();
  await again.edit('in-mid-push@', { Role: 'admin' });
  await again.start();
  await again.active();
  const users = await allEqual(stage.system, again, bob);
  const made = [...users.values()].filter(({ email }) => email === 'in-mid-push@example.com');
  expect(made).toMatchObject([{ role: 'admin' }]);
  const versions = await versionsOf(stage.system, made[0]!.id);
  expect(versions.map(({ action }) => action)).toEqual(['create', 'update']);
  expect(await again.refusedEdits().count(), 'refused edits').toBe(0);
});

test('of two tabs one leads; when it is closed, the other does', async () => {
  const [ann, bob] = await stage.two();
  const second = await stage.open(ann.context);
  await second.start();
  await second.page.getByText('Another tab of this browser does it for this one.').waitFor();
  await second.create('in-second-tab@example.com');
  await bob.row('in-second-tab@').waitFor();
  await bob.create('for-both-tabs@example.com');
  await Promise.all([ann.row('for-both-tabs@').waitFor(), second.row('for-both-tabs@').waitFor()]);
  await second.page.getByText(/Synced documents: [1-9]/).waitFor();

  await whileDown(stage.system, 'store', async () => {
    const before = await publishedTo(stage.system);
    await second.create('handed-over@example.com');
    await eventually(async () => expect(await publishedTo(stage.system), 'messages').toBeGreaterThan(before));
    expect(await second.pending()).toHaveLength(1);
    await ann.page.close();
  });
  await second.active();
  await second.page.getByText('Another tab of this browser does it for this one.').waitFor({ state: 'hidden' });
  await bob.row('handed-over@').waitFor();
  await bob.edit('in-second-tab@', { Status: 'paused' });
  const users = await allEqual(stage.system, second, bob);
  expect(emailsOf(users)).toEqual(expect.arrayContaining(['in-second-tab@example.com', 'for-both-tabs@example.com', 'handed-over@example.com']));
});
