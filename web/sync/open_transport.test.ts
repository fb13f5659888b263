// How long a way that failed rests, by a clock of our own. With real servers: sync.server.test.ts.
import type { RxCollection } from 'rxdb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { UserRow } from './document.ts';
import { GrpcTransport } from './grpc_transport.ts';
import { transportOpener } from './open_transport.ts';

const fetched = vi.fn(() => Promise.reject(new TypeError('nobody is there')));
const url = 'http://127.0.0.1:1';

beforeEach(() => {
  vi.useFakeTimers();
  fetched.mockClear();
  vi.stubGlobal('fetch', fetched);
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Asked once, and again only after the pause. */
async function expectPause(milliseconds: number): Promise<void> {
  for (const times of [1, 2]) {
    await vi.advanceTimersByTimeAsync(times === 1 ? 0 : 1);
    expect(fetched).toHaveBeenCalledTimes(times);
    await vi.advanceTimersByTimeAsync(milliseconds - 1);
    expect(fetched).toHaveBeenCalledTimes(times);
  }
}

test('a way that is closed is tried again after a second, until the replication ends', async () => {
  const stop = new AbortController();
  const errors: unknown[] = [];
  const collection = null as unknown as RxCollection<UserRow>;
  const opened = transportOpener({ collection, transport: 'grpc-web', gateway: url })(stop.signal, (error) => errors.push(error));
  await expectPause(1_000);
  expect(errors).toHaveLength(2);
  stop.abort();
  await expect(opened).rejects.toThrow('the replication was stopped');
});

test('a stream that ends is opened again after half a second, until it is closed', async () => {
  const transport = new GrpcTransport({ url, headers: () => ({}) });
  const told: string[] = [];
  transport.events$.subscribe(({ kind }) => told.push(kind));
  transport.start();
  await expectPause(500);
  expect(told).toEqual(['error', 'lost', 'error', 'lost']);
  await transport.close();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(fetched).toHaveBeenCalledTimes(2);
});
