import { Action } from '@usersync/sync/generated/users/v1/version_pb';
import type { Change } from '@usersync/sync/generated/users/v1/change_feed_service_pb';
import { hopsOf, type Hop } from './hops.ts';

/** One change as the page shows it. */
export interface FeedEntry {
  /** Different for all changes of all stores. */
  key: string;
  sequence: bigint;
  userId: string;
  version: number;
  /** `create`, `update` and so on. */
  action: string;
  /** Empty if the name was destroyed. */
  actor: string;
  fields: readonly string[];
  hops: readonly Hop[];
}

/** Null if the change has no version, which no store sends. */
export function feedEntryOf(change: Change, receivedAt: number): FeedEntry | null {
  const { version, checkpoint } = change;
  if (version === undefined) return null;
  return {
    key: checkpoint,
    sequence: version.sequence,
    userId: version.userId,
    version: version.version,
    action: Action[version.action].toLowerCase(),
    actor: version.actor,
    fields: version.changedFields,
    hops: hopsOf(change, receivedAt),
  };
}

/** The newest first, and no more than `most`. */
export function withNewer(entries: readonly FeedEntry[], newer: readonly FeedEntry[], most: number): FeedEntry[] {
  return [...newer.slice(-most).reverse(), ...entries].slice(0, most);
}
