// When mutations are sent again, by a clock of our own.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Subject } from 'rxjs';
import { CounterSet } from './counters.ts';
import { Link } from './link.ts';
import type { Mutation, Receipt } from './mutation.ts';
import { Sender } from './sender.ts';
import { user } from './testing/users.ts';
import type { Transport, TransportEvent } from './transport.ts';

const mutation: Mutation = { mutation_id: 'm-1', document: user(), assumed: null };
const receipt: Receipt = { mutation_id: 'm-1', outcome: 'APPLIED', seq: 1, conflicts: [], violations: [] };

let events$: Subject<TransportEvent>;
let counters: CounterSet;
let push: ReturnType<typeof vi.fn<Transport['push']>>;
let sender: Sender;
let sent: Promise<Map<string, Receipt>>;
let stop: AbortController;

beforeEach(() => {
  vi.useFakeTimers();
  events$ = new Subject();
  counters = new CounterSet();
  stop = new AbortController();
  push = vi.fn(async () => [receipt]);
  const link = new Link(events$, stop.signal);
  sender = new Sender({ push } as unknown as Transport, link, counters, 2);
  sent = sender.send([mutation]);
});

afterEach(() => {
  vi.useRealTimers();
});

test('nothing is sent before there is a connection', async () => {
  await vi.advanceTimersByTimeAsync(60_000);
  expect(push).not.toHaveBeenCalled();
  events$.next({ kind: 'subscribed' });
  expect(await sent).toEqual(new Map([['m-1', receipt]]));
});

test('after each failure there is a pause of a second before the same is sent again', async () => {
  push.mockRejectedValueOnce(new Error('refused')).mockRejectedValueOnce(new Error('refused'));
  events$.next({ kind: 'subscribed' });
  for (const times of [1, 2]) {
    await vi.advanceTimersByTimeAsync(0);
    expect(push).toHaveBeenCalledTimes(times);
    await vi.advanceTimersByTimeAsync(999);
    expect(push).toHaveBeenCalledTimes(times);
    await vi.advanceTimersByTimeAsync(1);
  }
  expect(await sent).toEqual(new Map([['m-1', receipt]]));
  expect(push.mock.calls).toEqual([[[mutation]], [[mutation]], [[mutation]]]);
  expect(counters.now).toMatchObject({ errors: 2, retries: 2 });
});

const mutations = ['m-2', 'm-3', 'm-4'].map((mutation_id) => ({ ...mutation, mutation_id }));
const answers = (asked: readonly Mutation[]) => asked.map(({ mutation_id }) => ({ ...receipt, mutation_id }));

test('a message waits for the receipts of the one before it', async () => {
  events$.next({ kind: 'subscribed' });
  await sent;
  let answer = (_: Receipt[]): void => undefined;
  push.mockReturnValueOnce(new Promise((resolve) => (answer = resolve))).mockImplementation(async (asked) => answers(asked));
  const all = sender.send(mutations);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(push.mock.calls.slice(1)).toEqual([[mutations.slice(0, 2)]]);
  answer(answers(mutations.slice(0, 2)));
  expect([...(await all).keys()]).toEqual(['m-2', 'm-3', 'm-4']);
  expect(push.mock.calls.slice(2)).toEqual([[mutations.slice(2)]]);
});

test('of a message that was answered in part only the rest is sent again', async () => {
  events$.next({ kind: 'subscribed' });
  await sent;
  push.mockImplementationOnce(async (asked) => answers(asked.slice(-1))).mockImplementation(async (asked) => answers(asked));
  expect([...(await sender.send(mutations.slice(0, 2))).keys()]).toEqual(['m-3', 'm-2']);
  expect(push.mock.calls.slice(1)).toEqual([[mutations.slice(0, 2)], [mutations.slice(0, 1)]]);
});

test('a message that nobody answers ends with the replication', async () => {
  push.mockReturnValueOnce(new Promise(() => undefined));
  events$.next({ kind: 'subscribed' });
  await vi.advanceTimersByTimeAsync(0);
  expect(push).toHaveBeenCalledOnce();
  stop.abort();
  await expect(sent).rejects.toThrow('the replication was stopped');
});

test('a pause ends with the replication', async () => {
  push.mockRejectedValueOnce(new Error('refused'));
  events$.next({ kind: 'subscribed' });
  await vi.advanceTimersByTimeAsync(0);
  stop.abort();
  await expect(sent).rejects.toThrow('the replication was stopped');
});
