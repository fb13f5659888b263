import { beforeEach, expect, test } from 'vitest';
import type { Version } from '@usersync/sync/generated/users/v1/version_pb';
import { LogChecker } from './log_checker.ts';
import { FakeLog, FakeSeenHeads } from './testing/fake_log.ts';
import { leaves, workedExample } from './testing/worked_example.ts';

let store: FakeLog;
let seen: FakeSeenHeads;
let first: Version;
let second: Version;

beforeEach(async () => {
  store = await FakeLog.of(leaves);
  seen = new FakeSeenHeads();
  [first, second] = workedExample();
});

/** A new one is a new visit: only what was seen is kept. */
const visit = (): LogChecker => new LogChecker(store.log, seen);
const checkSecond = (checker = visit()) => checker.check('u-1', second, first);

test('a version is verified down to the signed head', async () => {
  const verified = await checkSecond();
  expect(verified).toMatchObject({ content: 'checked', actor: 'checked', follows: true, head: { size: 3n, continues: null } });
  expect(verified.head.vkey).toBe(await store.vkey());
});

test('one head serves all versions that it covers, and a later one is asked for those that it does not', async () => {
  store.leaves = leaves.slice(0, 1);
  const checker = visit();
  await checker.check('u-1', first, null);
  store.leaves = [...leaves];
  await checkSecond(checker);
  await checkSecond(checker);
  expect(store.calls.filter((call) => call === 'head')).toHaveLength(2);
  expect((await checker.head()).continues).toBe(1n);
});

test('a version that the log does not hold is found', async () => {
  store.leaves = leaves.slice(0, 1);
  await expect(checkSecond()).rejects.toMatchObject({ doubt: 'forged' });
});

test('a version that stands elsewhere in the log is found', async () => {
  store.leaves = leaves.toReversed();
  store.leaves[1] = leaves[0]!;
  await expect(checkSecond()).rejects.toThrow('not in the log');
});

test('a version that was left out of the history is found', async () => {
  first.proof!.hash = leaves[2]!;
  await expect(checkSecond()).rejects.toThrow('does not follow');
});

test('a later visit verifies that the log continues', async () => {
  store.leaves = leaves.slice(0, 2);
  await checkSecond();
  store.leaves = [...leaves];
  expect((await checkSecond()).head).toMatchObject({ size: 3n, continues: 2n });
  expect((await checkSecond()).head).toMatchObject({ size: 3n, continues: 3n });
});

test('a log that was rewritten since the last visit is found, for good', async () => {
  store.leaves = leaves.slice(0, 2);
  await checkSecond();
  const evidence = seen.head;
  store.leaves = [leaves[2]!, leaves[1]!, leaves[0]!];
  for (let visits = 0; visits < 2; visits += 1) {
    await expect(checkSecond()).rejects.toThrow('The log was rewritten: its first 2 versions');
  }
  expect(seen.head).toBe(evidence);
});

test('a log that was cut since the last visit is found', async () => {
  await checkSecond();
  store.leaves = leaves.slice(0, 2);
  await expect(checkSecond()).rejects.toThrow('The log was cut: it had 3 versions');
});

test('a log that was cut and has grown again is found', async () => {
  await checkSecond();
  store.leaves = [...leaves.slice(0, 2), leaves[0]!, leaves[1]!];
  await expect(checkSecond()).rejects.toThrow('The log was rewritten');
});

test('a log that is signed no more is found', async () => {
  await checkSecond();
  store.isSigned = false;
  await expect(checkSecond()).rejects.toMatchObject({ doubt: 'forged' });
});

test('a log that was never signed cannot be verified', async () => {
  store.isSigned = false;
  await expect(checkSecond()).rejects.toMatchObject({ doubt: 'unable' });
});

test('a head whose key nobody names cannot be verified', async () => {
  const { log } = store;
  const silent = { ...log, getLogHead: async () => ({ ...(await log.getLogHead({})), verifierKey: '' }) };
  await expect(new LogChecker(silent, seen).head()).rejects.toMatchObject({ doubt: 'unable' });
});

test('another log is taken only if a person says so', async () => {
  await checkSecond();
  store.origin = 'localhost/usersync/another';
  await expect(checkSecond()).rejects.toMatchObject({ doubt: 'other-log' });
  const checker = visit();
  await checker.trustAnew();
  expect((await checkSecond(checker)).head.continues).toBe(3n);
});

test('another key is another signer', async () => {
  await checkSecond();
  const { origin } = store;
  store = await FakeLog.of(leaves);
  store.origin = origin;
  await expect(checkSecond()).rejects.toMatchObject({ doubt: 'other-log' });
});

test('after a failed call the head is asked for again', async () => {
  const checker = visit();
  store.isSigned = false;
  await expect(checker.head()).rejects.toMatchObject({ doubt: 'unable' });
  store.isSigned = true;
  expect((await checker.head()).size).toBe(3n);
});

const noteOf = async (of = store): Promise<string> => (await of.log.getLogHead({})).logCheckpoint;

test('a head that comes with the feed is verified, and what it says is remembered', async () => {
  store.leaves = leaves.slice(0, 2);
  const checker = visit();
  expect(await checker.hear(await noteOf())).toMatchObject({ size: 2n, continues: null });
  store.leaves = [...leaves];
  const newer = await noteOf();
  expect(await checker.hear(newer)).toMatchObject({ size: 3n, continues: 2n });
  expect(seen.head?.note).toBe(newer);
});

test('a head of the feed that is a little older is one of the same log', async () => {
  store.leaves = leaves.slice(0, 2);
  const older = await noteOf();
  store.leaves = [...leaves];
  const checker = visit();
  await checker.head();
  const newest = seen.head;
  expect((await checker.hear(older)).size).toBe(3n);
  expect(seen.head).toEqual(newest);
});

test.each([1, 2, 3, 4])('a head of the feed that shows another history is found, with %d versions too', async (size) => {
  await checkSecond();
  store.leaves = [leaves[2]!, leaves[1]!, leaves[0]!, leaves[0]!].slice(0, size);
  const told = await noteOf();
  // Asked, the store goes on telling the right one.
  store.leaves = [...leaves, leaves[1]!];
  await expect(visit().hear(told)).rejects.toMatchObject({ doubt: 'forged' });
  expect(seen.head?.note).not.toBe(told);
});

test('a head of the feed that somebody else signed is found', async () => {
  await checkSecond();
  const stranger = await FakeLog.of(leaves);
  await expect(visit().hear(await noteOf(stranger))).rejects.toMatchObject({ doubt: 'forged' });
});

test('a head of the feed after the log was cut, or made anew, is what it is', async () => {
  await checkSecond();
  store.leaves = leaves.slice(0, 2);
  await expect(visit().hear(await noteOf())).rejects.toThrow('The log was cut');
  store.origin = 'localhost/usersync/another';
  await expect(visit().hear(await noteOf())).rejects.toMatchObject({ doubt: 'other-log' });
});

test('what another tab has seen meanwhile is not forgotten', async () => {
  store.leaves = leaves.slice(0, 2);
  const { log } = store;
  const older = await log.getLogHead({});
  let arrive = (): void => undefined;
  const arrival = new Promise<void>((resolve) => (arrive = resolve));
  const asked = new LogChecker({ ...log, getLogHead: () => arrival.then(() => older) }, seen).head();
  store.leaves = [...leaves];
  await checkSecond();
  const newest = seen.head;
  arrive();
  await asked;
  expect(seen.head).toBe(newest);
});
