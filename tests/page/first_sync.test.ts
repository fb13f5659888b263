// Thousands of users are there before the page is.
import { expect, test } from 'vitest';
import { allEqual } from './harness/all_equal.ts';
import { publishUsers } from './harness/publisher.ts';
import { Stage } from './harness/stage.ts';

const stage = Stage.ofFile();
const many = 5_000;

test('5,000 users reach browsers on their first sync, and an edit then reaches the other', async () => {
  const users = await publishUsers(stage.system, many);
  const [ann, bob] = await stage.two();
  const before = await allEqual(stage.system, ann, bob);
  expect(users.filter(({ id }) => !before.has(id)), 'users that nobody has').toEqual([]);
  await bob.create('the-newest@example.com');
  await ann.row('the-newest@').waitFor();
  expect((await allEqual(stage.system, ann, bob)).size).toBe(before.size + 1);
});
