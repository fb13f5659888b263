import type { CallOptions, Client } from '@connectrpc/connect';
import type { ChangeFeedService, WatchResponse } from '@usersync/sync/generated/users/v1/change_feed_service_pb';
import { problemOf } from '../call_problem.ts';
import { feedEntryOf, type FeedEntry } from './feed_entry.ts';

/** `too-old` and `other-history`: the store cannot go on from where we are; a person starts from now. */
export type FeedState = 'off' | 'connecting' | 'live' | 'reconnecting' | 'too-old' | 'other-history';

export type FeedEvent =
  | { kind: 'state'; state: FeedState; why: string }
  | { kind: 'changes'; entries: FeedEntry[] }
  /** The newest sequence of the store. */
  | { kind: 'head'; sequence: bigint }
  /** The newest signed head of the log, as a heartbeat brings it. Nobody has verified it. */
  | { kind: 'log'; note: string };

/** Opens the stream; the real one asks the gateway first where it is. */
export type Watch = (request: Parameters<Client<typeof ChangeFeedService>['watch']>[0], options: CallOptions) => Promise<AsyncIterable<WatchResponse>>;

/** The world that tests make up. */
export interface FeedClock {
  now: () => number;
  /** Sleeps, or less if the signal comes. */
  sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

const heartbeatSeconds = 2;
/** A stream that is silent for so long is dead: some proxies drop them without a word. */
const longestSilence = 10_000;
const firstWait = 500;
const longestWait = 5_000;

/** Why the store refuses to go on from a checkpoint. */
const endings: Readonly<Record<string, FeedState>> = { CHECKPOINT_TOO_OLD: 'too-old', CHECKPOINT_DIVERGED: 'other-history' };

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}

const realClock: FeedClock = { now: Date.now, sleep };

/**
 * Tells every change from the first start on, once and in order, however often the stream breaks
 * or is stopped: it goes on after the last one that was told. One stream at a time.
 */
export class ChangeFeed {
  readonly #watch: Watch;
  readonly #tell: (event: FeedEvent) => void;
  readonly #clock: FeedClock;
  #checkpoint = '';
  #running: AbortController | null = null;
  /** Ends the newest stream. */
  #endStream = (): void => undefined;
  /** Ends the newest wait for the next try. */
  #wake = (): void => undefined;
  #wait = firstWait;

  constructor(watch: Watch, tell: (event: FeedEvent) => void, clock = realClock) {
    this.#watch = watch;
    this.#tell = tell;
    this.#clock = clock;
  }

  start(): void {
    if (this.#running !== null) return;
    this.#running = new AbortController();
    void this.#watchForEver(this.#running.signal);
  }

  stop(): void {
    this.#running?.abort();
    this.#running = null;
    this.#enter('off');
  }

  /** The browser has no network: the stream would seem to live until it was silent for long. */
  networkLost(): void {
    this.#endStream();
  }

  /** There is a network again: nobody need wait any longer. */
  networkBack(): void {
    this.#wake();
  }

  /** Gives up what was missed. */
  startFromNow(): void {
    this.stop();
    this.#checkpoint = '';
    this.start();
  }

  async #watchForEver(signal: AbortSignal): Promise<void> {
    this.#enter('connecting');
    this.#wait = firstWait;
    while (!signal.aborted) {
      const why = await this.#watchOnce(signal).catch(problemOf);
      if (signal.aborted) return;
      const ending = endings[why?.reason ?? ''];
      if (ending !== undefined) {
        this.#running = null;
        return this.#enter(ending);
      }
      this.#enter('reconnecting', why?.what);
      await this.#pause(signal);
    }
  }

  /** Longer each time, or until there is a network again. */
  async #pause(signal: AbortSignal): Promise<void> {
    const waking = new AbortController();
    const wake = (): void => waking.abort();
    signal.addEventListener('abort', wake, { once: true });
    this.#wake = wake;
    await this.#clock.sleep(this.#wait, waking.signal);
    signal.removeEventListener('abort', wake);
    this.#wait = Math.min(this.#wait * 2, longestWait);
  }

  /** Tells what comes until the stream ends. */
  async #watchOnce(signal: AbortSignal): Promise<undefined> {
    const ending = new AbortController();
    const end = (): void => ending.abort();
    signal.addEventListener('abort', end, { once: true });
    this.#endStream = end;
    let silence = setTimeout(end, longestSilence);
    const request = { checkpoint: this.#checkpoint, heartbeatInterval: { seconds: BigInt(heartbeatSeconds) } };
    try {
      // A stream has no time limit.
      for await (const response of await this.#watch(request, { signal: ending.signal, timeoutMs: 0 })) {
        if (signal.aborted) return;
        clearTimeout(silence);
        silence = setTimeout(end, longestSilence);
        this.#take(response);
      }
    } finally {
      clearTimeout(silence);
      signal.removeEventListener('abort', end);
    }
  }

  #take({ checkpoint, headSequence, event }: WatchResponse): void {
    this.#wait = firstWait;
    this.#enter('live');
    if (event.case === 'changes') {
      const now = this.#clock.now();
      const entries = event.value.changes.flatMap((change) => feedEntryOf(change, now) ?? []);
      this.#tell({ kind: 'changes', entries });
    }
    if (event.case === 'heartbeat' && event.value.logCheckpoint !== '') this.#tell({ kind: 'log', note: event.value.logCheckpoint });
    this.#checkpoint = checkpoint;
    this.#tell({ kind: 'head', sequence: headSequence });
  }

  #enter(state: FeedState, why = ''): void {
    this.#tell({ kind: 'state', state, why });
  }
}
