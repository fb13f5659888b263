// When the live stream asks RxDB to pull again, by a clock of our own.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CounterSet } from './counters.ts';
import { LiveFeed, type StreamItem } from './live_feed.ts';
import { LivePosition } from './live_position.ts';
import type { OpenRows } from './open_rows.ts';
import { GivenCheckpoint } from './page_reader.ts';
import { RowSequences } from './row_sequences.ts';
import { user } from './testing/users.ts';

let feed: LiveFeed;
/** What waits until a document is kept. */
let kept: Promise<void>;
let keepLate: ReturnType<typeof vi.fn<OpenRows['keepLate']>>;
let position: LivePosition;
let sequences: RowSequences;
let counters: CounterSet;
let told: StreamItem[];

beforeEach(() => {
  vi.useFakeTimers();
  position = new LivePosition('e');
  position.pullAsked();
  kept = Promise.resolve();
  keepLate = vi.fn(() => kept);
  const open = { keepLate } as unknown as OpenRows;
  sequences = new RowSequences();
  counters = new CounterSet();
  feed = new LiveFeed({ position, open, sequences, counters, given: new GivenCheckpoint(), quiet: () => Promise.resolve() });
  told = [];
  feed.stream$.subscribe((item) => told.push(item));
});

afterEach(() => {
  feed.stop();
  vi.useRealTimers();
});

function change(seq: number, epoch = 'e'): void {
  feed.take({ kind: 'change', change: { epoch, seq, checkpoint: `c${seq}`, document: user() } });
}

test.each([
  ['a gap', () => change(3)],
  ['a repeat', () => [change(1), change(1)]],
  ['another epoch', () => change(1, 'f')],
  ['a heartbeat of another epoch', () => feed.take({ kind: 'heartbeat', epoch: 'f', seq: 0 })],
  ['a new subscription', () => feed.take({ kind: 'subscribed' })],
])('%s makes a RESYNC, repeated until a pull is asked', async (_, happen) => {
  happen();
  await vi.advanceTimersByTimeAsync(150);
  expect(told.filter((item) => item === 'RESYNC')).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1000);
  expect(told.filter((item) => item === 'RESYNC')).toHaveLength(2);
  position.pullAsked();
  await vi.advanceTimersByTimeAsync(5000);
  expect(told.filter((item) => item === 'RESYNC')).toHaveLength(2);
});

test('the next change makes none', async () => {
  change(1);
  change(2);
  await vi.advanceTimersByTimeAsync(5000);
  expect(told).toHaveLength(2);
  expect(told).not.toContain('RESYNC');
});

test('a burst with many gaps makes one', async () => {
  for (const seq of [3, 6, 9, 12]) change(seq);
  await vi.advanceTimersByTimeAsync(99);
  expect(told).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  position.pullAsked();
  await vi.advanceTimersByTimeAsync(5000);
  expect(told).toEqual(['RESYNC']);
});

test('a change without content takes its place: what is told then stands after it', async () => {
  change(1);
  feed.take({ kind: 'change', change: { epoch: 'e', seq: 2, checkpoint: 'c2', document: null } });
  await vi.advanceTimersByTimeAsync(0);
  const another = user({ id: 'u2' });
  await feed.tell([{ document: another, seq: 1 }]);
  expect(told.at(-1)).toEqual({ documents: [another], checkpoint: { checkpoint: 'c2', seq: 2 } });
  await vi.advanceTimersByTimeAsync(5000);
  expect(told).not.toContain('RESYNC');
});

test('a change that is not kept yet has not come: nothing is told that stands after it', async () => {
  change(1);
  await vi.advanceTimersByTimeAsync(0);
  let keep = (): void => undefined;
  kept = new Promise((resolve) => (keep = resolve));
  change(2);
  const another = user({ id: 'u2' });
  await feed.tell([{ document: another, seq: 1 }]);
  expect(told.at(-1)).toEqual({ documents: [another], checkpoint: { checkpoint: 'c1', seq: 1 } });
  keep();
  await vi.advanceTimersByTimeAsync(0);
  expect(told.at(-1)).toMatchObject({ checkpoint: { checkpoint: 'c2', seq: 2 } });
});

test('what cannot be kept was missed', async () => {
  kept = Promise.reject(new Error('the disk is full'));
  change(1);
  await vi.advanceTimersByTimeAsync(150);
  expect(told).toEqual(['RESYNC']);
});

test('what is older than a change that came live is told no more', async () => {
  change(1);
  change(2);
  await vi.advanceTimersByTimeAsync(0);
  told = [];
  await feed.tell([{ document: user({ status: 'older' }), seq: 1 }]);
  expect(told).toEqual([]);
});

test('a change that is older than the row is neither kept for it nor counted', async () => {
  // The receipt of a push was faster than the broadcasts before it.
  sequences.note('u1', 2);
  change(1);
  await vi.advanceTimersByTimeAsync(0);
  expect([keepLate.mock.calls, counters.now.live, told]).toEqual([[], 0, []]);
  change(2);
  await vi.advanceTimersByTimeAsync(0);
  expect([keepLate.mock.calls.length, counters.now.live, told.length]).toEqual([1, 1, 1]);
});

test('a heartbeat that is ahead makes one only if it stays so for two seconds', async () => {
  feed.take({ kind: 'heartbeat', epoch: 'e', seq: 1 });
  await vi.advanceTimersByTimeAsync(1500);
  change(1);
  await vi.advanceTimersByTimeAsync(5000);
  expect(told).not.toContain('RESYNC');
  feed.take({ kind: 'heartbeat', epoch: 'e', seq: 2 });
  await vi.advanceTimersByTimeAsync(2150);
  expect(told).toContain('RESYNC');
});

describe('while the connection is lost', () => {
  const resyncs = () => told.filter((item) => item === 'RESYNC').length;

  test.each([
    ['was due', () => feed.take({ kind: 'subscribed' })],
    ['is repeated', async () => (change(3), await vi.advanceTimersByTimeAsync(150))],
    ['waits for a heartbeat', () => feed.take({ kind: 'heartbeat', epoch: 'e', seq: 9 })],
  ])('there is no RESYNC, though one %s; the next connection makes one', async (_, happen) => {
    await happen();
    const before = resyncs();
    feed.take({ kind: 'lost' });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(resyncs()).toBe(before);
    feed.take({ kind: 'subscribed' });
    await vi.advanceTimersByTimeAsync(150);
    expect(resyncs()).toBe(before + 1);
  });

  test('a connection that comes and goes makes one RESYNC when it stays', async () => {
    for (let times = 0; times < 5; times += 1) {
      feed.take({ kind: 'lost' });
      feed.take({ kind: 'subscribed' });
      await vi.advanceTimersByTimeAsync(50);
    }
    expect(resyncs()).toBe(0);
    await vi.advanceTimersByTimeAsync(100);
    expect(resyncs()).toBe(1);
  });
});
