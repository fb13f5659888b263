import { create } from '@bufbuild/protobuf';
import { Code, ConnectError, type CallOptions } from '@connectrpc/connect';
import { ErrorInfoSchema } from '@usersync/sync/generated/google/rpc/error_details_pb';
import { WatchResponseSchema, type WatchResponse } from '@usersync/sync/generated/users/v1/change_feed_service_pb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ChangeFeed, type FeedEvent } from './change_feed.ts';

/** One stream that a feed opened. */
class Stream {
  #waiting: ((step: () => WatchResponse | null) => void) | null = null;
  readonly #steps: (() => WatchResponse | null)[] = [];

  constructor(
    readonly checkpoint: string,
    readonly options: CallOptions,
  ) {
    options.signal?.addEventListener('abort', () => this.#add(() => { throw new ConnectError('aborted', Code.Canceled); }));
  }

  get isOpen(): boolean {
    return options(this).signal?.aborted === false && !this.hasEnded;
  }
  hasEnded = false;

  changes(...sequences: number[]): void {
    const changes = sequences.map((sequence) => ({ checkpoint: `c${sequence}`, version: { sequence: BigInt(sequence) } }));
    const last = sequences.at(-1) ?? 0;
    this.#add(() => create(WatchResponseSchema, { checkpoint: `c${last}`, headSequence: BigInt(last), event: { case: 'changes', value: { changes } } }));
  }

  heartbeat(sequence: number, logCheckpoint = ''): void {
    this.#add(() => create(WatchResponseSchema, { checkpoint: `c${sequence}`, headSequence: BigInt(sequence), event: { case: 'heartbeat', value: { logCheckpoint } } }));
  }

  end(): void {
    this.#add(() => null);
  }

  fail(error: Error): void {
    this.#add(() => { throw error; });
  }

  #add(step: () => WatchResponse | null): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting === null) this.#steps.push(step);
    else waiting(step);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<WatchResponse> {
    try {
      for (;;) {
        const step = this.#steps.shift() ?? (await new Promise<() => WatchResponse | null>((resolve) => (this.#waiting = resolve)));
        const response = step();
        if (response === null) return;
        yield response;
      }
    } finally {
      this.hasEnded = true;
    }
  }
}

const options = ({ options }: Stream): CallOptions => options;

function refusal(reason: string): ConnectError {
  const info = { desc: ErrorInfoSchema, value: { reason, domain: 'usersync' } };
  return new ConnectError('the store’s words', Code.OutOfRange, undefined, [info]);
}

let streams: Stream[];
let events: FeedEvent[];
let waits: number[];
let isReachable: boolean;
/** The next wait lasts until it is broken off. */
let isPatient: boolean;
let feed: ChangeFeed;

beforeEach(() => {
  streams = [];
  events = [];
  waits = [];
  isReachable = true;
  isPatient = false;
  feed = new ChangeFeed(
    async ({ checkpoint = '' }, callOptions) => {
      if (!isReachable) throw new TypeError('Failed to fetch');
      streams.push(new Stream(checkpoint, callOptions));
      return streams.at(-1)!;
    },
    (event) => events.push(event),
    { now: () => 0, sleep: noted },
  );
});

/** Takes no time, but lets others run. */
async function noted(milliseconds: number, signal: AbortSignal): Promise<void> {
  waits.push(milliseconds);
  if (isPatient) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  else await new Promise((resolve) => setTimeout(resolve));
}

afterEach(() => feed.stop());

const told = (): number[] => events.flatMap((event) => (event.kind === 'changes' ? event.entries.map(({ sequence }) => Number(sequence)) : []));
const states = (): string[] => {
  const all = events.flatMap((event) => (event.kind === 'state' ? [event.state] : []));
  return all.filter((state, index) => state !== all[index - 1]);
};
const stream = (number: number): Promise<Stream> => vi.waitFor(() => streams[number - 1] ?? expect.fail(`no stream ${number}`));

test('it begins with now, and is live when something comes', async () => {
  feed.start();
  (await stream(1)).heartbeat(4);
  await vi.waitFor(() => expect(states()).toEqual(['connecting', 'live']));
  expect(streams[0]!.checkpoint).toBe('');
  streams[0]!.changes(5, 6);
  await vi.waitFor(() => expect(told()).toEqual([5, 6]));
});

test('a stream that breaks or ends is opened again after the last change, for ever', async () => {
  feed.start();
  (await stream(1)).changes(5);
  streams[0]!.end();
  (await stream(2)).changes(6, 7);
  streams[1]!.fail(new ConnectError('gone', Code.Unavailable));
  (await stream(3)).heartbeat(7);
  await vi.waitFor(() => expect(states().at(-1)).toBe('live'));
  expect(streams.map(({ checkpoint }) => checkpoint)).toEqual(['', 'c5', 'c7']);
  expect(told()).toEqual([5, 6, 7]);
  expect(states()).toEqual(['connecting', 'live', 'reconnecting', 'live', 'reconnecting', 'live']);
});

test('it waits longer and longer while nobody answers, and not after a success', async () => {
  isReachable = false;
  feed.start();
  await vi.waitFor(() => expect(waits.length).toBeGreaterThan(5));
  expect(waits.slice(0, 6)).toEqual([500, 1000, 2000, 4000, 5000, 5000]);
  isReachable = true;
  (await stream(1)).heartbeat(1);
  streams[0]!.end();
  await stream(2);
  expect(waits.at(-1)).toBe(500);
});

test('it says why it reconnects', async () => {
  feed.start();
  (await stream(1)).fail(new ConnectError('ipv4:…', Code.Unavailable));
  await stream(2);
  expect(events).toContainEqual({ kind: 'state', state: 'reconnecting', why: expect.stringContaining('cannot be reached') as string });
});

test('stopped, it holds no stream; started again, it goes on where it was', async () => {
  feed.start();
  (await stream(1)).changes(5);
  await vi.waitFor(() => expect(told()).toEqual([5]));
  feed.stop();
  expect(states().at(-1)).toBe('off');
  expect(streams[0]!.isOpen).toBe(false);
  feed.start();
  expect((await stream(2)).checkpoint).toBe('c5');
  feed.start();
  expect(streams.filter(({ isOpen }) => isOpen)).toHaveLength(1);
});

test('what comes after the stop is not told, and comes again', async () => {
  feed.start();
  (await stream(1)).changes(5);
  await vi.waitFor(() => expect(told()).toEqual([5]));
  streams[0]!.changes(6);
  feed.stop();
  feed.start();
  (await stream(2)).changes(6);
  await vi.waitFor(() => expect(told()).toEqual([5, 6]));
});

test.each([['CHECKPOINT_TOO_OLD', 'too-old'], ['CHECKPOINT_DIVERGED', 'other-history']])('at %s it waits for a person, who starts from now', async (reason, state) => {
  feed.start();
  (await stream(1)).changes(5);
  streams[0]!.end();
  (await stream(2)).fail(refusal(reason));
  await vi.waitFor(() => expect(states().at(-1)).toBe(state));
  expect(streams).toHaveLength(2);
  feed.startFromNow();
  expect((await stream(3)).checkpoint).toBe('');
});

test('a stream that is silent for long is given up', async () => {
  vi.useFakeTimers();
  try {
    feed.start();
    await vi.waitFor(() => expect(streams).toHaveLength(1));
    streams[0]!.heartbeat(5);
    await vi.advanceTimersByTimeAsync(9_000);
    streams[0]!.heartbeat(5);
    await vi.advanceTimersByTimeAsync(9_000);
    expect(streams[0]!.isOpen).toBe(true);
    await vi.advanceTimersByTimeAsync(1_010);
    expect(streams[0]!.isOpen).toBe(false);
    expect(streams).toHaveLength(2);
  } finally {
    vi.useRealTimers();
  }
});

test('without a network it is not live, and it goes on at once when there is one', async () => {
  isPatient = true;
  feed.start();
  (await stream(1)).changes(5);
  await vi.waitFor(() => expect(states().at(-1)).toBe('live'));
  feed.networkLost();
  await vi.waitFor(() => expect(states().at(-1)).toBe('reconnecting'));
  expect(streams[0]!.isOpen).toBe(false);
  await vi.waitFor(() => expect(waits).toHaveLength(1));
  feed.networkBack();
  expect((await stream(2)).checkpoint).toBe('c5');
});

test('the signed head that a heartbeat brings is told; a log that is not signed brings none', async () => {
  feed.start();
  (await stream(1)).heartbeat(4, 'a signed head');
  (await stream(1)).heartbeat(5);
  await vi.waitFor(() => expect(events).toContainEqual({ kind: 'head', sequence: 5n }));
  expect(events.filter(({ kind }) => kind === 'log')).toEqual([{ kind: 'log', note: 'a signed head' }]);
});
