// What RxDB is given while it is busy, and when.
import { Subject } from 'rxjs';
import { beforeEach, expect, test } from 'vitest';
import { HandOver } from './hand_over.ts';
import type { StreamItem } from './live_feed.ts';
import { GivenCheckpoint } from './page_reader.ts';
import { RowSequences } from './row_sequences.ts';
import { user } from './testing/users.ts';

let sequences: RowSequences;
let given: GivenCheckpoint;
let handOver: HandOver;
let told: StreamItem[];
let rest: () => void;

function busy(): Promise<void> {
  return new Promise((resolve) => (rest = resolve));
}

function changed(id: string, seq: number) {
  return { document: user({ id, status: `s${seq}` }), seq };
}

beforeEach(() => {
  sequences = new RowSequences();
  given = new GivenCheckpoint();
  given.give({ checkpoint: 'c9', seq: 9 });
  const stream$ = new Subject<StreamItem>();
  told = [];
  stream$.subscribe((item) => told.push(item));
  handOver = new HandOver({ stream$, sequences, given, quiet: busy });
});

test('while RxDB is busy it is given nothing; then everything at once, of each row the newest', async () => {
  const first = handOver.give([changed('a', 1), changed('b', 2)]);
  const second = handOver.give([changed('a', 3), changed('b', 1)]);
  expect(told).toEqual([]);
  rest();
  await Promise.all([first, second]);
  expect(told).toEqual([{ documents: [changed('a', 3).document, changed('b', 2).document], checkpoint: { checkpoint: 'c9', seq: 9 } }]);
});

test('what a receipt or a page made old meanwhile is never given', async () => {
  const waiting = handOver.give([changed('a', 1), changed('b', 2)]);
  sequences.note('a', 5);
  rest();
  await waiting;
  expect(told).toMatchObject([{ documents: [changed('b', 2).document] }]);
  const old = handOver.give([changed('a', 4)]);
  rest();
  await old;
  expect(told).toHaveLength(1);
});

test('what comes in the very moment when RxDB rests waits for the next', async () => {
  const first = handOver.give([changed('a', 1)]);
  rest();
  await first;
  const second = handOver.give([changed('a', 2)]);
  rest();
  await second;
  expect(told).toMatchObject([{ documents: [changed('a', 1).document] }, { documents: [changed('a', 2).document] }]);
});
