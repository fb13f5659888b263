// What RxDB is told of a row after its push, and how often. With RxDB: push.test.ts.
import { beforeEach, expect, test } from 'vitest';
import { CounterSet } from './counters.ts';
import { sameDocument, type UserDocument } from './document.ts';
import { LateDelivery } from './late_delivery.ts';
import type { Link } from './link.ts';
import type { LiveFeed } from './live_feed.ts';
import type { LocalRows } from './local_rows.ts';
import type { LocalStore, SequencedDocument } from './local_store.ts';
import { OpenRows, type OpenRow } from './open_rows.ts';
import { user } from './testing/users.ts';

const [sent, late, merged] = ['sent', 'late', 'merged'].map((status) => user({ status })) as [UserDocument, UserDocument, UserDocument];

let open: OpenRows;
let row: OpenRow;
/** What the row holds. */
let held: UserDocument;
let told: SequencedDocument[];
let counters: CounterSet;
let delivery: LateDelivery;
/** What RxDB does with what it is told: it takes it, unless a test says otherwise. */
let onTold: (documents: readonly SequencedDocument[]) => void;
let pushNoted: Promise<void>;
let streamApplied: () => Promise<void>;
/** Happens while the rows are looked at. */
let onLook: () => Promise<void>;

beforeEach(async () => {
  const nowhere = { pending: async () => [], savePending: async () => undefined, dropPending: async () => undefined };
  open = await OpenRows.load(nowhere as unknown as LocalStore);
  [row] = (await open.draw([{ id: 'u1', document: sent, assumed: user() }])) as [OpenRow];
  held = sent;
  told = [];
  counters = new CounterSet();
  const take = (documents: readonly SequencedDocument[]): void => documents.forEach(({ document }) => (held = document));
  onTold = take;
  pushNoted = Promise.resolve();
  streamApplied = () => Promise.resolve();
  onLook = () => Promise.resolve();
  const feed: Pick<LiveFeed, 'tell'> = {
    tell: async (documents) => {
      told.push(...documents);
      onTold(documents);
    },
  };
  const rows: Pick<LocalRows, 'pushNoted' | 'streamApplied' | 'missing'> = {
    pushNoted: () => pushNoted,
    streamApplied: () => streamApplied(),
    missing: async (documents) => {
      await onLook();
      return documents.filter((document) => !sameDocument(document, held));
    },
  };
  const link: Pick<Link, 'signal' | 'wait'> = { signal: new AbortController().signal, wait: () => Promise.resolve() };
  delivery = new LateDelivery({ open, counters, feed: feed as LiveFeed, rows: rows as LocalRows, link: link as Link });
});

/** Something to wait for, and how to end the wait. */
function gate(): [Promise<void>, () => void] {
  let go = (): void => undefined;
  return [new Promise<void>((resolve) => (go = resolve)), () => go()];
}

/** Lets everything happen that needs no clock. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

test('a row that took what was sent, and that nobody else wrote, is told nothing', async () => {
  await delivery.settle([{ row, seq: 5, told: null }]);
  expect(told).toEqual([]);
  expect(open.all).toEqual([]);
});

test('what came is told if it is newer than the receipt', async () => {
  await open.keepLate([{ document: late, seq: 6 }]);
  await delivery.settle([{ row, seq: 5, told: merged }]);
  expect(told).toEqual([{ document: late, seq: 6 }]);
});

test.each([5, 4])('what came and is not newer than the receipt is not told: the receipt counts', async (seq) => {
  await open.keepLate([{ document: late, seq }]);
  await delivery.settle([{ row, seq: 5, told: null }]);
  expect(told).toEqual([]);
  const [again] = (await open.draw([{ id: 'u1', document: sent, assumed: user() }])) as [OpenRow];
  await open.keepLate([{ document: late, seq }]);
  await delivery.settle([{ row: again, seq: 5, told: merged }]);
  expect(told).toEqual([{ document: merged, seq: 5 }]);
});

test('nothing is told, nor closed, before RxDB has noted the push', async () => {
  const [noted, note] = gate();
  pushNoted = noted;
  await open.keepLate([{ document: late, seq: 6 }]);
  const done = delivery.settle([{ row, seq: 5, told: null }]);
  await settled();
  expect(told).toEqual([]);
  expect(open.all).toEqual([row]);
  note();
  await done;
  expect(told).toEqual([{ document: late, seq: 6 }]);
});

test('it is told once where RxDB takes its time, and not again when the row holds it', async () => {
  const [applied, apply] = gate();
  streamApplied = () => applied;
  onTold = () => undefined;
  await open.keepLate([{ document: late, seq: 6 }]);
  const done = delivery.settle([{ row, seq: 5, told: null }]);
  await settled();
  expect(told).toHaveLength(1);
  held = late;
  apply();
  await done;
  expect(told).toHaveLength(1);
  expect(open.all).toEqual([]);
});

test('what RxDB drops is told again until the row holds it', async () => {
  const take = onTold;
  onTold = (documents) => {
    if (told.length === 3) take(documents);
  };
  await open.keepLate([{ document: late, seq: 6 }]);
  await delivery.settle([{ row, seq: 5, told: null }]);
  expect(told).toHaveLength(3);
  expect(held).toEqual(late);
});

test('what comes while it is told is told as well', async () => {
  const later = user({ status: 'later' });
  const take = onTold;
  onTold = (documents) => {
    take(documents);
    void open.keepLate([{ document: later, seq: 7 }]);
  };
  await open.keepLate([{ document: late, seq: 6 }]);
  await delivery.settle([{ row, seq: 5, told: null }]);
  expect(told.map(({ seq }) => seq)).toEqual([6, 7]);
});

test('what comes while the row is looked at is told as well', async () => {
  onLook = () => open.keepLate([{ document: late, seq: 6 }]);
  await delivery.settle([{ row, seq: 5, told: merged }]);
  expect(held).toEqual(late);
});

test('a row that was edited again is left to its next push', async () => {
  await open.keepLate([{ document: late, seq: 6 }]);
  row.answered = true;
  const [next] = (await open.draw([{ id: 'u1', document: user({ status: 'next' }), assumed: sent }])) as [OpenRow];
  await delivery.settle([{ row, seq: 5, told: null }]);
  expect(told).toEqual([]);
  expect(open.all).toEqual([next]);
});

test('what no row can hold is given up after a while, and counted', async () => {
  onTold = () => undefined;
  await open.keepLate([{ document: late, seq: 6 }]);
  await delivery.settle([{ row, seq: 5, told: null }]);
  expect(told).toHaveLength(200);
  expect(counters.now.errors).toBe(1);
  expect(open.all).toEqual([]);
});
