import type { Change, HopTimes } from '@usersync/sync/generated/users/v1/change_feed_service_pb';
import type { Timestamp } from '@bufbuild/protobuf/wkt';

/** A part of a change's way, and how long it took. */
export interface Hop {
  name: 'author' | 'bridge' | 'store' | 'feed' | 'here';
  /** Null if it ended before it began: two clocks differ. */
  milliseconds: number | null;
}

/** An author's clock may say anything: older edits say nothing about the way. */
const longestSinceEdit = 3_600_000;
/** What two clocks of one machine may seem to differ by: browsers and documents know only whole milliseconds. */
const clockGrain = 1;

function timeOf(stamp: Timestamp | undefined): number | null {
  return stamp === undefined ? null : Number(stamp.seconds) * 1000 + stamp.nanos / 1_000_000;
}

/** When the author made the edit, if the document says so credibly. */
function editTime({ version }: Change, published: number | null): number | null {
  const edited = Date.parse(version?.user?.updatedAt ?? '');
  if (published === null || !version?.changedFields.includes('updated_at')) return null;
  const isCredible = edited <= published + clockGrain && published - edited < longestSinceEdit;
  return isCredible ? edited : null;
}

function stepsOf(change: Change, times: HopTimes, receivedAt: number): [Hop['name'] | null, number | null][] {
  const published = timeOf(times.publishTime);
  return [
    [null, editTime(change, published)],
    ['author', published],
    ['bridge', timeOf(times.enqueueTime)],
    ['store', timeOf(times.commitTime)],
    ['feed', timeOf(times.sendTime)],
    ['here', receivedAt],
  ];
}

/**
 * The way of a change to this page: author → NATS → `bridge` → `store`, committed → `feed`, sent →
 * `here`. A hop is named after the part that it ends in or passes. Empty if the store has read
 * the change back from the database, which does not keep the times.
 */
export function hopsOf(change: Change, receivedAt: number): Hop[] {
  if (change.hopTimes === undefined) return [];
  const hops: Hop[] = [];
  let before: number | null = null;
  for (const [name, time] of stepsOf(change, change.hopTimes, receivedAt)) {
    if (time === null) continue;
    if (before !== null && name !== null) hops.push({ name, milliseconds: lasted(before, time) });
    before = time;
  }
  return hops;
}

function lasted(begin: number, end: number): number | null {
  const milliseconds = end - begin;
  return milliseconds < -clockGrain ? null : Math.max(milliseconds, 0);
}

/** All of the way; null if a part of it is not known. */
export function totalOf(hops: readonly Hop[]): number | null {
  return hops.reduce<number | null>((sum, { milliseconds }) => (sum === null || milliseconds === null ? null : sum + milliseconds), 0);
}
