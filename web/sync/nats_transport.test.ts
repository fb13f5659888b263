// The timing of NATS, on a connection of our own making. With real servers: sync.server.test.ts.
import type { Msg, NatsConnection } from '@nats-io/nats-core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { connectNats, NatsTransport } from './nats_transport.ts';
import { subjectsOf } from './subjects.ts';
import { user } from './testing/users.ts';

type Callback = (error: Error | null, message: Msg) => void;

/** A connection that nobody answers on. */
class Silence {
  readonly subscribed = new Map<string, Callback>();
  readonly published: string[] = [];
  /** Where each message asks its receipts to go. */
  readonly tokens: (string | undefined)[] = [];
  closed = false;
  reconnects = 0;

  get connection(): NatsConnection {
    const made: Partial<NatsConnection> = {
      subscribe: (subject, options) => {
        this.subscribed.set(subject, options?.callback as Callback);
        return { unsubscribe: () => this.subscribed.delete(subject) } as unknown as ReturnType<NatsConnection['subscribe']>;
      },
      publish: (subject, _payload, options) => {
        this.published.push(subject);
        this.tokens.push(options?.headers?.get('Users-Receipt'));
      },
      flush: () => Promise.resolve(),
      status: async function* () {},
      close: async () => void (this.closed = true),
      reconnect: async () => void (this.reconnects += 1),
    };
    return made as NatsConnection;
  }

  tell(receipt: object): void {
    const [, callback] = [...this.subscribed].find(([subject]) => subject.startsWith('users.receipt.')) ?? [];
    callback?.(null, { string: () => JSON.stringify(receipt) } as Msg);
  }
}

const mutations = ['m-1', 'm-2'].map((mutation_id) => ({ mutation_id, document: user(), assumed: null }));
let silence: Silence;
let transport: NatsTransport;

beforeEach(() => {
  vi.useFakeTimers();
  silence = new Silence();
  transport = new NatsTransport(silence.connection, subjectsOf('alice'), false);
  transport.start();
});

afterEach(() => {
  vi.useRealTimers();
});

test('after ten seconds it gives up waiting for receipts, and says which ones came', async () => {
  const receipts = transport.push(mutations);
  silence.tell({ mutation_id: 'm-2', outcome: 'APPLIED', seq: 1 });
  silence.tell({ mutation_id: 'of another', outcome: 'APPLIED', seq: 2 });
  const settled = vi.fn();
  void receipts.then(settled);
  await vi.advanceTimersByTimeAsync(9_900);
  expect(settled).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(200);
  expect(await receipts).toMatchObject([{ mutation_id: 'm-2' }]);
});

test('when every receipt came it waits no longer', async () => {
  const receipts = transport.push(mutations);
  for (const mutation_id of ['m-1', 'm-2']) silence.tell({ mutation_id, outcome: 'APPLIED', seq: 1 });
  expect(await receipts).toHaveLength(2);
  expect(silence.published).toEqual(['users.update.alice']);
});

test('it asks for its receipts at a subject of its own, and hears no others', async () => {
  const tokens: (string | undefined)[] = [];
  for (const own of [new Silence(), new Silence()]) {
    const tab = new NatsTransport(own.connection, subjectsOf('alice'), false);
    tab.start();
    void tab.push(mutations);
    void tab.push(mutations);
    const [token] = own.tokens;
    expect(own.tokens).toEqual([token, token]);
    expect([...own.subscribed.keys()].filter((subject) => subject.startsWith('users.receipt.'))).toEqual([`users.receipt.alice.${token}`]);
    tokens.push(token);
    await tab.close();
  }
  // Two tabs of one author.
  expect(tokens[0]).not.toBe(tokens[1]);
});

test('it ends its subscriptions, and leaves open a connection that is not its own', async () => {
  expect([...silence.subscribed.keys()].map((subject) => subject.replace(/[0-9a-f-]{36}$/, 'token'))).toEqual([
    'users.broadcast',
    'users.heartbeat',
    'users.receipt.alice.token',
  ]);
  await transport.close();
  expect(silence.subscribed.size).toBe(0);
  expect(silence.closed).toBe(false);
  const own = new NatsTransport(silence.connection, subjectsOf('alice'), true);
  await own.close();
  expect(silence.closed).toBe(true);
});

test('when the browser has no network, a connection of its own is given up and made anew until it is closed', async () => {
  const browser = new EventTarget();
  vi.stubGlobal('addEventListener', browser.addEventListener.bind(browser));
  vi.stubGlobal('removeEventListener', browser.removeEventListener.bind(browser));
  try {
    const owner = new NatsTransport(silence.connection, subjectsOf('alice'), true);
    owner.start();
    browser.dispatchEvent(new Event('offline'));
    expect(silence.reconnects).toBe(1);
    await owner.close();
    browser.dispatchEvent(new Event('offline'));
    expect(silence.reconnects).toBe(1);
  } finally {
    vi.unstubAllGlobals();
  }
});

test('where the browser forbids WebSocket, that is known at once', async () => {
  class Forbidden {
    constructor() {
      throw new DOMException('An insecure WebSocket connection may not be initiated', 'SecurityError');
    }
  }
  vi.stubGlobal('WebSocket', Forbidden);
  vi.useRealTimers();
  try {
    await expect(connectNats('ws://127.0.0.1:1', {}, 120_000)).rejects.toThrow('insecure');
  } finally {
    vi.unstubAllGlobals();
  }
});
