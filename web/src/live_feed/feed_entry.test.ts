import { create } from '@bufbuild/protobuf';
import { ChangeSchema } from '@usersync/sync/generated/users/v1/change_feed_service_pb';
import { Action } from '@usersync/sync/generated/users/v1/version_pb';
import { expect, test } from 'vitest';
import { feedEntryOf, withNewer, type FeedEntry } from './feed_entry.ts';

function entry(sequence: bigint): FeedEntry {
  const change = create(ChangeSchema, {
    checkpoint: `c${sequence}`,
    version: { sequence, userId: 'u', version: 2, action: Action.UNDELETE, actor: 'ann', changedFields: ['_deleted'] },
  });
  return feedEntryOf(change, 0)!;
}

test('a change is told by sequence, action, actor and fields', () => {
  expect(entry(7n)).toEqual({ key: 'c7', sequence: 7n, userId: 'u', version: 2, action: 'undelete', actor: 'ann', fields: ['_deleted'], hops: [] });
  expect(feedEntryOf(create(ChangeSchema), 0)).toBeNull();
});

test('the newest stands first, and the list has an end', () => {
  const sequences = (entries: FeedEntry[]): bigint[] => entries.map(({ sequence }) => sequence);
  const some = withNewer([], [entry(1n), entry(2n)], 3);
  expect(sequences(some)).toEqual([2n, 1n]);
  expect(sequences(withNewer(some, [entry(3n), entry(4n)], 3))).toEqual([4n, 3n, 2n]);
  expect(sequences(withNewer(some, [3n, 4n, 5n, 6n].map(entry), 3))).toEqual([6n, 5n, 4n]);
});
