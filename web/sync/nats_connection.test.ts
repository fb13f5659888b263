// NATS as its client speaks it, over a WebSocket of our own and by a clock of our own. With real servers: sync.server.test.ts.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { connectNats, NatsTransport } from './nats_transport.ts';
import { subjectsOf } from './subjects.ts';
import { eventually } from './testing/eventually.ts';
import { natsSockets, type NatsSocket } from './testing/nats_server.ts';
import { user } from './testing/users.ts';
import type { TransportEvent } from './transport.ts';

const mutations = [{ mutation_id: 'm-1', document: user(), assumed: null }];
let sockets: NatsSocket[];
/** What becomes of the next sockets. */
let onOpening: (socket: NatsSocket) => boolean;
let transport: NatsTransport;
let events: TransportEvent[];

const kinds = () => events.map(({ kind }) => kind);
const newest = (): NatsSocket => sockets.at(-1)!;

beforeEach(async () => {
  vi.useFakeTimers();
  onOpening = () => true;
  const { made, WebSocket } = natsSockets((socket) => onOpening(socket));
  sockets = made;
  vi.stubGlobal('WebSocket', WebSocket);
  transport = new NatsTransport(await connectNats('ws://nats.test:1', {}, 5_000), subjectsOf('alice'), true);
  events = [];
  transport.events$.subscribe((event) => events.push(event));
});

afterEach(async () => {
  await transport.close();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

async function subscribed(): Promise<void> {
  await eventually(() => expect(kinds()).toContain('subscribed'));
}

test('it is subscribed when the server has said so, and tells what comes', async () => {
  newest().answersPings = false;
  transport.start();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(newest().subscriptions.size).toBe(3);
  expect(kinds()).toEqual([]);
  newest().answerPings();
  await subscribed();
  newest().deliver('users.broadcast', JSON.stringify(user()), { 'Users-Seq': '4', 'Users-Epoch': 'e', 'Users-Checkpoint': 'c4' });
  newest().deliver('users.broadcast', '', { 'Users-Seq': '5', 'Users-Epoch': 'e', 'Users-Checkpoint': 'c5' });
  // Anybody may have sent these.
  newest().deliver('users.broadcast', JSON.stringify(user()));
  newest().deliver('users.heartbeat', 'no JSON');
  newest().deliver('users.heartbeat', '{"epoch":"e","seq":5}');
  await eventually(() => expect(events).toHaveLength(4));
  expect(events.slice(1)).toEqual([
    { kind: 'change', change: { epoch: 'e', seq: 4, checkpoint: 'c4', document: user() } },
    { kind: 'change', change: { epoch: 'e', seq: 5, checkpoint: 'c5', document: null } },
    { kind: 'heartbeat', epoch: 'e', seq: 5 },
  ]);
});

test('a connection that is lost is made anew however often that fails, and is subscribed again', async () => {
  transport.start();
  await subscribed();
  events = [];
  onOpening = (socket) => (queueMicrotask(() => socket.fail()), false);
  newest().drop();
  await vi.advanceTimersByTimeAsync(12_000);
  // nats-core by itself would try ten times.
  expect(sockets.length).toBeGreaterThan(20);
  expect(kinds()).toContain('lost');
  onOpening = () => true;
  await vi.advanceTimersByTimeAsync(2_000);
  await subscribed();
  expect(newest().subscriptions.size).toBe(3);
});

test('a password that is refused again and again may be taken a moment later', async () => {
  transport.start();
  await subscribed();
  events = [];
  onOpening = (socket) => {
    socket.onGreeted = () => (socket.refuse('Authorization Violation'), socket.drop());
    return true;
  };
  newest().drop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sockets.length).toBeGreaterThan(4);
  onOpening = () => true;
  await vi.advanceTimersByTimeAsync(2_000);
  await subscribed();
});

test('a pull says how far it has read and how much it wants, and is answered at an inbox of its author', async () => {
  const page = transport.pull('c4', 10);
  await eventually(() => expect(newest().published).toHaveLength(1));
  const [{ subject, reply, payload }] = newest().published as [NatsSocket['published'][number]];
  expect([subject, JSON.parse(payload)]).toEqual(['users.pull.alice', { checkpoint: 'c4', limit: 10 }]);
  expect(reply).toMatch(/^inbox\.alice\./);
  const answer = { documents: [user()], seqs: [5], checkpoint: 'c5', more: false };
  newest().deliver(reply, JSON.stringify(answer));
  expect(await page).toEqual(answer);
});

test('a pull that nobody answers is given up after ten seconds', async () => {
  const failed = vi.fn();
  const page = transport.pull(null, 10).catch(failed);
  await vi.advanceTimersByTimeAsync(9_900);
  expect(failed).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(200);
  await page;
  expect(failed).toHaveBeenCalledOnce();
});

test('receipts are not waited for once the connection is lost, or the transport closed', async () => {
  transport.start();
  await subscribed();
  events = [];
  const lost = transport.push(mutations);
  newest().drop();
  await vi.advanceTimersByTimeAsync(0);
  expect(await lost).toEqual([]);
  await subscribed();
  const closed = transport.push(mutations);
  await transport.close();
  expect(await closed).toEqual([]);
});

test('what the server refuses is told', async () => {
  transport.start();
  await subscribed();
  newest().refuse('Permissions Violation for Subscription to "users.heartbeat"');
  await eventually(() => expect(kinds()).toContain('error'));
  const { length } = events;
  newest().refuse('Permissions Violation for Publish to "users.update.alice"');
  await eventually(() => expect(kinds().slice(length)).toContain('error'));
});
