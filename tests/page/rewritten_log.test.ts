// A database that is put back to an older copy tells another history than the one that a browser has seen.
import { test } from 'vitest';
import { DatabaseCopy } from './harness/faults.ts';
import { feedEntries, feedIs, History } from './harness/history.ts';
import { Stage } from './harness/stage.ts';

const stage = Stage.ofFile();

test('who has seen more than the database now holds is told that the history cannot be trusted', async () => {
  const [ann, bob] = await stage.two();
  await ann.create('kept@example.com');
  await bob.row('kept@example.com').waitFor();
  const copy = await DatabaseCopy.take(stage.system);
  await feedIs(ann, 'live');
  await bob.create('forgotten@example.com');
  await feedEntries(ann).first().waitFor();
  const before = await History.ofRow(ann, 'kept@example.com');
  await before.text('1 of 1 shown versions verified').waitFor();
  await before.close();

  await copy.putBack();
  await feedIs(ann, 'another history');
  const after = await History.ofRow(ann, 'kept@example.com');
  await after.text('This history cannot be trusted').waitFor();
  await after.close();
  await ann.button('Start from now').click();
  await feedIs(ann, 'live');
});
