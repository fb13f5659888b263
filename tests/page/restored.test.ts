// PostgreSQL is restored from an older copy, while NATS and the browsers keep what came later.
import { expect, test } from 'vitest';
import { allEqual } from './harness/all_equal.ts';
import { hashOf, headOf } from './harness/database.ts';
import { emailsOf } from './harness/document.ts';
import { DatabaseCopy } from './harness/faults.ts';
import { Stage } from './harness/stage.ts';

const stage = Stage.ofFile();

test('what was written after the copy comes back by itself, and everybody goes on', async () => {
  const [ann, bob] = await stage.two();
  await ann.create('before-copy@example.com');
  await allEqual(stage.system, ann, bob);
  const copy = await DatabaseCopy.take(stage.system);
  await ann.create('after-copy-1@example.com');
  await bob.create('after-copy-2@example.com');
  await ann.row('before-copy@').waitFor();
  await ann.edit('before-copy@', { Status: 'paused' });
  const before = await allEqual(stage.system, ann, bob);

  const head = await headOf(stage.system);
  const newest = await hashOf(stage.system, head);
  await copy.putBack();
  expect(await allEqual(stage.system, ann, bob), 'all users').toEqual(before);
  // It was committed anew, so it was away.
  expect(await hashOf(stage.system, head), 'the hash of the newest version').not.toEqual(newest);

  await bob.edit('before-copy@', { Role: 'admin' });
  await ann.create('after-restore@example.com');
  const [late] = await stage.people(1);
  const after = await allEqual(stage.system, ann, bob, late!);
  expect(emailsOf(after)).toHaveLength(emailsOf(before).length + 1);
  expect([...after.values()]).toContainEqual(expect.objectContaining({ email: 'before-copy@example.com', status: 'paused', role: 'admin' }));
  expect([await ann.refusedEdits().count(), await bob.refusedEdits().count()], 'refused edits').toEqual([0, 0]);
});

test('a browser that was closed meanwhile, with edits that it had not sent, goes on too', async () => {
  const [ann, bob] = await stage.two();
  const copy = await DatabaseCopy.take(stage.system);
  await ann.create('lost-for-a-while@example.com');
  await bob.row('lost-for-a-while@').waitFor();
  await allEqual(stage.system, ann, bob);
  await bob.button('⏹️ Stop Replication').click();
  await bob.create('written-alone@example.com');
  await bob.edit('lost-for-a-while@', { Role: 'admin' });
  // A page that is closed in the moment of writing writes nothing.
  await bob.row('lost-for-a-while@').filter({ hasText: 'admin' }).waitFor();
  await bob.page.close();

  await copy.putBack();
  await ann.edit('lost-for-a-while@', { Status: 'paused' });
  await allEqual(stage.system, ann);
  const again = await stage.open(bob.context);
  await again.start();
  await ann.row('written-alone@').waitFor();
  const after = await allEqual(stage.system, ann, again);
  expect([...after.values()]).toContainEqual(expect.objectContaining({ email: 'lost-for-a-while@example.com', status: 'paused', role: 'admin' }));
  expect([await ann.refusedEdits().count(), await again.refusedEdits().count()], 'refused edits').toEqual([0, 0]);
});
