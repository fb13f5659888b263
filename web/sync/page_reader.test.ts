// Pulling without RxDB, over a connection that comes and goes.
import { beforeEach, expect, test } from 'vitest';
import { CounterSet } from './counters.ts';
import { Link } from './link.ts';
import { LivePosition } from './live_position.ts';
import type { SequencedDocument } from './local_store.ts';
import type { OpenRows } from './open_rows.ts';
import { GivenCheckpoint, PageReader } from './page_reader.ts';
import { RowSequences } from './row_sequences.ts';
import { FakeStore, type FakeTransport } from './testing/fake_store.ts';
import { user } from './testing/users.ts';

let store: FakeStore;
let transport: FakeTransport;
let position: LivePosition;
let sequences: RowSequences;
let counters: CounterSet;
/** What was kept for rows whose edits are under way. */
let late: SequencedDocument[];
/** What waits until they are. */
let kept: Promise<void>;
let reader: PageReader;
let stop: AbortController;

beforeEach(() => {
  store = new FakeStore();
  for (const id of ['u1', 'u2']) store.commit(user({ id }));
  transport = store.connect();
  stop = new AbortController();
  position = new LivePosition('e');
  sequences = new RowSequences();
  counters = new CounterSet();
  late = [];
  kept = Promise.resolve();
  const open = { keepLate: (documents: SequencedDocument[]) => (late.push(...documents), kept) } as unknown as OpenRows;
  const link = new Link(transport.events$, stop.signal);
  const given = new GivenCheckpoint();
  reader = new PageReader({ transport, link, position, open, sequences, counters, given });
});

/** Lets everything happen that needs no clock. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

test('a pull waits for a connection, and counts as asked only then', async () => {
  const page = reader.read(undefined, 10);
  await settle();
  expect([transport.pulls.length, position.stale]).toEqual([0, true]);
  transport.setOnline(true);
  expect((await page).documents).toHaveLength(2);
  expect([transport.pulls.length, position.stale]).toEqual([1, false]);
});

test('a pull whose connection is lost between two pages waits for the next', async () => {
  transport.pageSize = 1;
  transport.beforePage = async (checkpoint) => {
    if (checkpoint === null) transport.setOnline(false);
  };
  transport.setOnline(true);
  const page = reader.read(undefined, 10);
  await settle();
  expect(transport.pulls).toHaveLength(1);
  transport.setOnline(true);
  expect((await page).documents).toHaveLength(2);
});

test('it is read until the page is full, and asks for no more than is missing', async () => {
  for (const id of ['u3', 'u4', 'u5', 'u6']) store.commit(user({ id }));
  transport.pageSize = 2;
  transport.beforePage = async () => expect(transport.pulls.length).toBeLessThan(5);
  transport.setOnline(true);
  const { documents, checkpoint } = await reader.read(undefined, 3);
  expect(documents.map(({ id }) => id)).toEqual(['u1', 'u2', 'u3']);
  expect(transport.pulls).toEqual([
    { checkpoint: null, limit: 3 },
    { checkpoint: store.changeAt(2).checkpoint, limit: 1 },
  ]);
  const rest = await reader.read(checkpoint, 10);
  expect(rest.documents.map(({ id }) => id)).toEqual(['u4', 'u5', 'u6']);
});

test('what is read is counted, and kept for edits under way unless its row is newer', async () => {
  // A change came live before the page that was asked earlier.
  sequences.note('u1', 9);
  transport.setOnline(true);
  await reader.read(undefined, 10);
  expect(late).toEqual([{ document: user({ id: 'u2' }), seq: 2 }]);
  expect(counters.now.pulled).toBe(2);
});

test('RxDB has a page when it is kept, not before', async () => {
  let keep = (): void => undefined;
  kept = new Promise((resolve) => (keep = resolve));
  transport.setOnline(true);
  let isRead = false;
  const page = reader.read(undefined, 10).then(() => (isRead = true));
  await settle();
  expect([late.length, isRead]).toEqual([2, false]);
  keep();
  await page;
});

test('the checkpoint that RxDB was given never goes back', () => {
  const given = new GivenCheckpoint();
  expect(given.furthest).toBeNull();
  for (const seq of [3, 5, 4]) given.give({ checkpoint: `c${seq}`, seq });
  expect(given.furthest).toEqual({ checkpoint: 'c5', seq: 5 });
});

test('a pull that nobody answers ends with the replication', async () => {
  transport.beforePage = () => new Promise(() => undefined);
  transport.setOnline(true);
  const page = reader.read(undefined, 10);
  await settle();
  expect(transport.pulls).toHaveLength(1);
  stop.abort();
  await expect(page).rejects.toThrow('the replication was stopped');
});

test('a pull that waits ends with the replication', async () => {
  const page = reader.read(undefined, 10);
  stop.abort();
  await expect(page).rejects.toThrow('the replication was stopped');
});
