// Which way is taken, and how long one that failed rests, by a clock of our own. With real servers: sync.server.test.ts.
import type { RxCollection } from 'rxdb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { UserRow } from './document.ts';
import { GrpcTransport } from './grpc_transport.ts';
import { connectNats } from './nats_transport.ts';
import { transportOpener } from './open_transport.ts';
import type { ReplicateUsersOptions } from './options.ts';
import { eventually } from './testing/eventually.ts';
import { FakeStore } from './testing/fake_store.ts';
import { gatewayFetch } from './testing/gateway.ts';
import { natsSockets, type NatsSocket } from './testing/nats_server.ts';
import { user } from './testing/users.ts';
import type { Transport } from './transport.ts';

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

describe('a way', () => {
  const [nats, gateway] = ['ws://nats.test:1', 'http://gateway.test'];
  let stop: AbortController;
  let errors: unknown[];
  let sockets: NatsSocket[];
  let calls: Headers[];
  const opened: Transport[] = [];

  /** Sockets open as told; a class that cannot be made is what a browser has that forbids them. */
  function serve(WebSocketClass?: unknown): void {
    const { made, WebSocket } = natsSockets();
    sockets = made;
    calls = [];
    vi.stubGlobal('WebSocket', WebSocketClass ?? WebSocket);
    const pull = (_: unknown, { requestHeader }: { requestHeader: Headers }) => (calls.push(requestHeader), {});
    vi.stubGlobal('fetch', gatewayFetch({ pull }));
  }

  async function open(options: Omit<ReplicateUsersOptions, 'collection'>): Promise<Transport> {
    const collection = null as unknown as RxCollection<UserRow>;
    const transport = await transportOpener({ collection, ...options })(stop.signal, (error) => errors.push(error));
    opened.push(transport);
    return transport;
  }

  beforeEach(() => {
    stop = new AbortController();
    errors = [];
    serve();
  });

  afterEach(async () => {
    stop.abort();
    await Promise.all(opened.splice(0).map((transport) => transport.close()));
  });

  test('is NATS where there are addresses of both, and what was chosen if something was', async () => {
    expect((await open({ nats, gateway })).name).toBe('nats');
    expect(calls).toEqual([]);
    expect((await open({ nats, gateway, transport: 'grpc-web' })).name).toBe('grpc-web');
    expect((await open({ gateway })).name).toBe('grpc-web');
    expect(sockets).toHaveLength(1);
    const own = new FakeStore().connect();
    expect(await open({ nats, gateway, transport: own })).toBe(own);
  });

  class Forbidden {
    constructor() {
      throw new DOMException('not in a page that came over https:', 'SecurityError');
    }
  }
  test.each([
    ['forbidden', Forbidden],
    ['held up by somebody between', natsSockets(() => false).WebSocket],
  ])('is the gateway where WebSocket is %s', async (_, WebSocketClass) => {
    serve(WebSocketClass);
    const transport = open({ nats, gateway });
    await eventually(() => expect(calls).not.toEqual([]));
    expect((await transport).name).toBe('grpc-web');
    expect(errors).toEqual([]);
  });

  test('is none while all are closed, and each says why', async () => {
    serve(Forbidden);
    vi.stubGlobal('fetch', fetched);
    const closed = open({ nats, gateway });
    await eventually(() => expect(errors).toMatchObject([{ name: 'SecurityError' }, { message: expect.stringContaining('nobody is there') }]));
    stop.abort();
    await expect(closed).rejects.toThrow('the replication was stopped');
  });

  test('that was chosen is the only one, whatever addresses there are', async () => {
    serve(Forbidden);
    const closed = open({ nats, gateway, transport: 'nats' });
    await eventually(() => expect(errors).toHaveLength(3));
    expect(calls).toEqual([]);
    stop.abort();
    await expect(closed).rejects.toThrow('the replication was stopped');
  });

  test.each([{}, { transport: 'nats', gateway }, { transport: 'grpc-web', nats }] as const)('that has no address is an error: %o', async (options) => {
    await expect(open(options)).rejects.toThrow('there is no address');
  });

  test('to NATS is by name, prefix and credentials, and is closed with the transport', async () => {
    const transport = await open({ nats: [nats], actor: 'alice', credentials: { user: 'alice', pass: 'secret' }, subjectPrefix: 'people' });
    transport.start();
    await eventually(() => expect(sockets[0]?.subscriptions.size).toBe(3));
    const [socket] = sockets;
    expect(socket?.url).toContain('nats.test:1');
    expect(socket?.greeting).toMatchObject({ user: 'alice', pass: 'secret' });
    void transport.push([{ mutation_id: 'm-1', document: user(), assumed: null }]);
    await eventually(() => expect(socket?.published).toMatchObject([{ subject: 'people.update.alice' }]));
    expect([...(socket?.subscriptions.values() ?? [])].every((subject) => subject.startsWith('people.'))).toBe(true);
    await transport.close();
    expect(socket?.closed).toBe(true);
  });

  test('over a connection that was there leaves it open', async () => {
    const connection = await connectNats(nats, {}, 5_000);
    const transport = await open({ nats: connection });
    transport.start();
    await transport.close();
    expect(sockets[0]?.closed).toBe(false);
    await connection.close();
  });

  test('to the gateway is by name, or by what proves it', async () => {
    await open({ gateway, actor: 'alice' });
    await open({ gateway, actor: 'alice', headers: () => ({ authorization: 'Bearer t' }) });
    await open({ gateway });
    expect(calls.map((headers) => [headers.get('x-user-id'), headers.get('authorization')])).toEqual([
      ['alice', null],
      [null, 'Bearer t'],
      [null, null],
    ]);
  });

  test('that opens when the replication has ended is closed', async () => {
    let [late, made] = [(): void => undefined, [] as NatsSocket[]];
    const { WebSocket, made: all } = natsSockets((socket) => ((late = () => socket.open()), false));
    made = all;
    serve(WebSocket);
    const opening = open({ nats });
    await eventually(() => expect(made).toHaveLength(1));
    stop.abort();
    await expect(opening).rejects.toThrow('the replication was stopped');
    late();
    await eventually(() => expect(made[0]?.closed).toBe(true));
  });
});
