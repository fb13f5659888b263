import { create } from '@bufbuild/protobuf';
import { timestampFromMs, type Timestamp } from '@bufbuild/protobuf/wkt';
import { ChangeSchema, type Change } from '@usersync/sync/generated/users/v1/change_feed_service_pb';
import { expect, test } from 'vitest';
import { hopsOf, totalOf } from './hops.ts';

const second = Date.parse('2026-01-02T03:04:05Z');

function at(milliseconds: number): Timestamp {
  const stamp = timestampFromMs(second + Math.floor(milliseconds));
  stamp.nanos += Math.round((milliseconds % 1) * 1_000_000);
  return stamp;
}

function changeOf(times: { updatedAt?: number; publish?: number; enqueue?: number; commit?: number; send?: number }): Change {
  const { updatedAt = -1e9, publish, enqueue = 10, commit = 12.5, send = 13 } = times;
  return create(ChangeSchema, {
    version: { changedFields: ['status', 'updated_at'], user: { updatedAt: new Date(second + updatedAt).toISOString() } },
    hopTimes: { ...(publish === undefined ? {} : { publishTime: at(publish) }), enqueueTime: at(enqueue), commitTime: at(commit), sendTime: at(send) },
  });
}

const named = (change: Change, receivedAt: number): Record<string, number | null> =>
  Object.fromEntries(hopsOf(change, second + receivedAt).map(({ name, milliseconds }) => [name, milliseconds === null ? null : Math.round(milliseconds * 10) / 10]));

test('every hop of an edit over NATS is told, to less than a millisecond', () => {
  const hops = named(changeOf({ updatedAt: 1, publish: 8.2 }), 15);
  expect(hops).toEqual({ author: 7.2, bridge: 1.8, store: 2.5, feed: 0.5, here: 2 });
});

test('what came over gRPC begins at the store', () => {
  expect(named(changeOf({ updatedAt: 1 }), 15)).toEqual({ store: 2.5, feed: 0.5, here: 2 });
});

test('an author’s time that cannot belong to this way is left out', () => {
  for (const updatedAt of [-3_600_001, 60_000]) expect(named(changeOf({ updatedAt, publish: 8 }), 15)).not.toHaveProperty('author');
  const untouched = changeOf({ updatedAt: 1, publish: 8 });
  untouched.version!.changedFields = ['status'];
  expect(named(untouched, 15)).not.toHaveProperty('author');
});

test('clocks that differ are said to, but not for a grain of theirs', () => {
  expect(named(changeOf({ publish: 8 }), 12.5)['here']).toBe(0);
  expect(named(changeOf({ publish: 8 }), 5)['here']).toBeNull();
});

test('a change that was read back has no times', () => {
  const change = changeOf({});
  delete change.hopTimes;
  expect(hopsOf(change, second)).toEqual([]);
});

test('the total is that of all hops, if all are known', () => {
  expect(totalOf(hopsOf(changeOf({ updatedAt: 1, publish: 8 }), second + 15))).toBeCloseTo(14);
  expect(totalOf(hopsOf(changeOf({ updatedAt: 1, publish: 8 }), second))).toBeNull();
});
