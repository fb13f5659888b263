import type { TrustedHead } from '../log_check/log_checker.ts';
import type { Verdict } from '../log_check/verdict.ts';
import type { FeedState } from './change_feed.ts';
import { totalOf, type Hop } from './hops.ts';

/** What a state is called on the page. */
export const stateWords: Readonly<Record<FeedState, string>> = {
  off: 'paused',
  connecting: 'connecting …',
  live: '● live',
  reconnecting: '↻ reconnecting …',
  'too-old': '■ too far behind',
  'other-history': '■ another history',
};

const everything = 'Every change that the store commits, whoever makes it; and how long each part of its way took.';

/** What a person should know of a state, and do about it. */
export const stateAdvice: Readonly<Record<FeedState, string>> = {
  off: 'The stream is closed. Resume, and it goes on where it was: nothing is missed.',
  connecting: everything,
  live: everything,
  reconnecting: 'The stream broke. The feed goes on by itself where it was.',
  'too-old': 'The store has archived changes that this page has not seen. Start from now; what was missed is in the histories.',
  'other-history': 'The store now tells another history: its database was restored or made anew. Start from now.',
};

/** What each hop of a change is, for people. */
export const hopMeaning: Readonly<Record<Hop['name'], string>> = {
  author: 'from the edit until NATS had it',
  bridge: 'from NATS through the bridge into the store’s queue',
  store: 'from the queue until PostgreSQL had committed it',
  feed: 'from the commit until the store sent it here',
  here: 'from there through the gateway to this page',
};

/** How long something took, in two digits or so. */
export function durationText(milliseconds: number | null): string {
  if (milliseconds === null) return 'clocks differ';
  if (milliseconds < 10) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 100_000) return `${(milliseconds / 1_000).toFixed(1)} s`;
  return `${Math.round(milliseconds / 60_000)} min`;
}

export function totalText(hops: readonly Hop[]): string {
  return hops.length === 0 ? 'read back, no times' : durationText(totalOf(hops));
}

/** What this browser found out about the signed log that comes with the feed. */
export function heardText(log: Verdict<TrustedHead> | null): string {
  if (log === null) return 'No signed head of the log has come yet.';
  if (log.state === 'verified') return `✓ signed log of ${log.found.size} versions verified by this browser`;
  const marks = { forged: '✗ the signed log does not verify:', 'other-log': '? another log:', unable: '? the log is not verifiable here:', unasked: '? the log was not checked:' };
  return `${marks[log.state]} ${log.why}`;
}
