import { create } from '@bufbuild/protobuf';
import { Action, Auth, VersionSchema, type Version } from '@usersync/sync/generated/users/v1/version_pb';
import { expect, test } from 'vitest';
import { entriesOf, stateOf, withNewest } from './version_entry.ts';

function version(number: number, { action = Action.UPDATE, status = `s${number}`, deleted = false, isErased = false } = {}): Version {
  const user = { id: 'u', email: 'a@b.cd', status, createdAt: 't', updatedAt: 't', deleted };
  return create(VersionSchema, {
    version: number,
    sequence: BigInt(number + 100),
    userId: 'u',
    action,
    actor: 'ann',
    auth: Auth.NATS,
    commitTime: { seconds: 1n },
    ...(isErased ? {} : { user }),
  });
}

const numbers = (versions: readonly { version: number }[]): number[] => versions.map(({ version }) => version);

test('each version is compared with the one before', () => {
  const [newest, first] = entriesOf([version(2), version(1, { action: Action.CREATE })], false);
  expect(newest).toMatchObject({ number: 2, sequence: 102n, action: 'update', actor: 'ann', auth: 'nats', time: new Date(1000) });
  expect(newest?.changes).toEqual([{ field: 'status', kind: 'changed', before: 's1', after: 's2' }]);
  expect(first?.changes?.map(({ kind }) => kind)).not.toContain('changed');
});

test('the last version of a page waits for the one before it', () => {
  const some = [version(5), version(4), version(3)];
  expect(entriesOf(some, true).map(({ number }) => number)).toEqual([5, 4]);
  expect(entriesOf(some, false).map(({ number, changes }) => [number, changes === null])).toEqual([[5, false], [4, false], [3, true]]);
});

test('content that was erased has no differences, on either side of it', () => {
  const entries = entriesOf([version(3, { action: Action.ERASE }), version(2, { isErased: true }), version(1, { isErased: true })], false);
  expect(entries.map(({ document, changes }) => [document === null, changes])).toEqual([[false, null], [true, null], [true, null]]);
});

test('newer versions are put on top, without a gap and without a double', () => {
  const loaded = [version(3), version(2), version(1)];
  expect(withNewest(loaded, [version(4), version(3)])).toMatchObject({ reaches: true });
  expect(numbers(withNewest(loaded, [version(5), version(4)]).versions)).toEqual([5, 4, 3, 2, 1]);
  expect(numbers(withNewest(loaded, [version(4), version(3)]).versions)).toEqual([4, 3, 2, 1]);
  const far = withNewest(loaded, [version(6), version(5)]);
  expect([numbers(far.versions), far.reaches]).toEqual([[6, 5], false]);
  expect(numbers(withNewest([], [version(2), version(1)]).versions)).toEqual([2, 1]);
});

test('what may be done with a user depends on its newest version', () => {
  const newest = (...parts: Parameters<typeof version>) => entriesOf([version(...parts)], false)[0];
  expect(stateOf(newest(2))).toBe('living');
  expect(stateOf(newest(2, { action: Action.DELETE, deleted: true }))).toBe('deleted');
  expect(stateOf(newest(2, { action: Action.ERASE, deleted: true }))).toBe('erased');
  expect(stateOf(undefined)).toBe('unknown');
});
