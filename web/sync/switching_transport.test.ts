// What becomes of a way that is lost, by a clock of our own.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { unlessCancelled } from './cancel.ts';
import type { TransportOpener } from './open_transport.ts';
import { SwitchingTransport } from './switching_transport.ts';
import { FakeStore, type FakeTransport } from './testing/fake_store.ts';
import { user } from './testing/users.ts';

const long = 10_000;
const store = new FakeStore();
let [first, second]: FakeTransport[] = [];
let transport: SwitchingTransport;
let told: string[];
/** Opens the second way. */
const opened = vi.fn<TransportOpener>();

beforeEach(() => {
  vi.useFakeTimers();
  [first, second] = [store.connect(), store.connect()];
  opened.mockReset().mockImplementation(() => Promise.resolve(second!));
  transport = new SwitchingTransport(first!, opened);
  told = [];
  transport.events$.subscribe(({ kind }) => told.push(kind));
  transport.start();
});

afterEach(async () => {
  await transport.close();
  vi.useRealTimers();
});

test('a way that is lost for long is left for another, which tells what comes from then on', async () => {
  first!.setOnline(false);
  await vi.advanceTimersByTimeAsync(long - 1);
  expect(opened).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(told).toEqual(['subscribed', 'lost', 'subscribed']);
  expect(first!.closed).toBe(true);
  await transport.pull(null, 1);
  await transport.push([{ mutation_id: '1', document: user(), assumed: null }]);
  expect([second!.pulls.length, second!.sent.length, first!.pulls.length, first!.sent.length]).toEqual([1, 1, 0, 0]);
  expect(told).toEqual(['subscribed', 'lost', 'subscribed', 'change']);
});

test('a way that comes back first is kept, though others are being tried', async () => {
  opened.mockImplementation((signal) => unlessCancelled(new Promise(() => undefined), signal));
  for (const lostFor of [long - 1, long + 1]) {
    first!.setOnline(false);
    await vi.advanceTimersByTimeAsync(lostFor);
    first!.setOnline(true);
    await vi.advanceTimersByTimeAsync(2 * long);
  }
  expect(opened).toHaveBeenCalledTimes(1);
  expect([first!.closed, second!.closed]).toEqual([false, false]);
});

test('a way that says again and again that it is lost is not waited for longer', async () => {
  for (let waited = 0; waited < long; waited += 500) {
    first!.setOnline(false);
    await vi.advanceTimersByTimeAsync(500);
  }
  expect(opened).toHaveBeenCalledTimes(1);
});

test('the other way is left in its turn', async () => {
  first!.setOnline(false);
  await vi.advanceTimersByTimeAsync(long);
  const third = store.connect();
  opened.mockResolvedValue(third);
  second!.setOnline(false);
  await vi.advanceTimersByTimeAsync(long);
  expect([second!.closed, third.closed]).toEqual([true, false]);
});

test('once it is closed nothing is tried, and a way that opens too late is closed', async () => {
  let open = (_: FakeTransport): void => undefined;
  opened.mockReturnValue(new Promise((resolve) => (open = resolve)));
  first!.setOnline(false);
  await vi.advanceTimersByTimeAsync(long);
  await transport.close();
  open(second!);
  await vi.advanceTimersByTimeAsync(long);
  expect([first!.closed, second!.closed]).toEqual([true, true]);
  expect(opened).toHaveBeenCalledTimes(1);
});
