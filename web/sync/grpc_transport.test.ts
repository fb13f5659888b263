// gRPC-Web against a gateway in memory, by a clock of our own. With real servers: sync.server.test.ts.
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { WatchRequest, WatchResponseSchema } from './generated/users/v1/change_feed_service_pb.ts';
import { Outcome, type Mutation as MutationMessage } from './generated/users/v1/mutation_pb.ts';
import { UserSchema } from './generated/users/v1/user_pb.ts';
import { mutationMessage, userMessage } from './grpc_codec.ts';
import { GrpcTransport } from './grpc_transport.ts';
import { gatewayFetch, refusal, type Feed, type Sync } from './testing/gateway.ts';
import { user } from './testing/users.ts';
import { PullError, type TransportEvent } from './transport.ts';

type Told = MessageInitShape<typeof WatchResponseSchema>;

const mutations = ['m-1', 'm-2'].map((mutation_id) => ({ mutation_id, document: user(), assumed: null }));
const never = new Promise<never>(() => undefined);
let transport: GrpcTransport;
let events: TransportEvent[];

beforeEach(() => {
  // Streams of Node make use of the others.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
});

afterEach(async () => {
  await transport.close();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function connect(sync: Sync, feed: Feed = {}, headers: () => Record<string, string> = () => ({})): void {
  vi.stubGlobal('fetch', gatewayFetch(sync, feed));
  transport = new GrpcTransport({ url: 'http://gateway.test', headers });
  events = [];
  transport.events$.subscribe((event) => events.push(event));
}

/** Lets everything happen that needs no clock. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

const kinds = () => events.map(({ kind }) => kind);

/** A stream that is told what to say, and stays open. */
function openStream(): { feed: Feed; asked: WatchRequest[]; ended: () => number; tell: (told: Told) => Promise<void> } {
  const asked: WatchRequest[] = [];
  let [ended, say] = [0, (_: Told): void => undefined];
  const feed: Feed = {
    async *watch(request, { signal }) {
      asked.push(request);
      const gone = new Promise<null>((resolve) => signal.addEventListener('abort', () => resolve(null)));
      try {
        for (;;) {
          const next = await Promise.race([new Promise<Told>((resolve) => (say = resolve)), gone]);
          if (next === null) return;
          yield next as never;
        }
      } finally {
        ended += 1;
      }
    },
  };
  return { feed, asked, ended: () => ended, tell: async (told) => (say(told), await settle()) };
}

const heartbeat = (headSequence: bigint): Told => ({ epoch: 'e', headSequence, event: { case: 'heartbeat', value: {} } });

test('a pull says how far it has read and how much it wants, with the headers of that moment', async () => {
  const seen: unknown[] = [];
  let token = 'first';
  const sync: Sync = {
    pull: ({ checkpoint, limit }, { requestHeader }) => {
      seen.push([checkpoint, limit, requestHeader.get('authorization')]);
      return { users: [{ ...userMessage(user()), sequence: 4n }], checkpoint: 'c4', more: true };
    },
  };
  connect(sync, {}, () => ({ Authorization: token }));
  expect(await transport.pull(null, 10)).toEqual({ documents: [user()], seqs: [4], checkpoint: 'c4', more: true });
  token = 'second';
  await transport.pull('c4', 5);
  expect(seen).toEqual([
    ['', 10, 'first'],
    ['c4', 5, 'second'],
  ]);
});

test('a pull that the store refuses gives the reason; one that did not get there gives none', async () => {
  connect({ pull: () => Promise.reject(refusal(Code.FailedPrecondition, 'CHECKPOINT_DIVERGED', 'another history')) });
  const refused: unknown = await transport.pull('c1', 10).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(PullError);
  expect(refused).toMatchObject({ reason: 'CHECKPOINT_DIVERGED', isDivergence: true, message: 'CHECKPOINT_DIVERGED: another history' });
  connect({ pull: () => Promise.reject(new ConnectError('away', Code.Unavailable)) });
  const failed: unknown = await transport.pull('c1', 10).catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(ConnectError);
});

test('a push is one message, answered with all receipts', async () => {
  const sent: MutationMessage[][] = [];
  const sync: Sync = {
    push: (request) => {
      sent.push(request.mutations);
      return { receipts: request.mutations.map(({ mutationId }) => ({ mutationId, outcome: Outcome.APPLIED, sequence: 1n })) };
    },
  };
  connect(sync);
  expect(await transport.push(mutations)).toMatchObject([
    { mutation_id: 'm-1', outcome: 'APPLIED', seq: 1 },
    { mutation_id: 'm-2', outcome: 'APPLIED', seq: 1 },
  ]);
  expect(sent).toEqual([mutations.map(mutationMessage)]);
});

test('who may only read is denied each mutation; any other failure is none', async () => {
  connect({ push: () => Promise.reject(refusal(Code.PermissionDenied, 'ROLE_MISSING', 'a reader cannot write')) });
  const violations = [{ field: '', reason: 'ROLE_MISSING', description: 'a reader cannot write' }];
  expect(await transport.push(mutations)).toEqual(
    ['m-1', 'm-2'].map((mutation_id) => ({ mutation_id, outcome: 'DENIED', conflicts: [], violations })),
  );
  connect({ push: () => Promise.reject(refusal(Code.Unauthenticated, 'TOKEN_EXPIRED', 'the token is over')) });
  await expect(transport.push(mutations)).rejects.toThrow('the token is over');
});

test.each(['pull', 'push'] as const)('a %s is given up after ten seconds, and when the transport is closed', async (name) => {
  const call = async (): Promise<unknown> => (name === 'pull' ? transport.pull(null, 1) : transport.push(mutations));
  connect({ [name]: () => never });
  const late = call().catch((error: unknown) => ConnectError.from(error).code);
  const settled = vi.fn();
  void late.then(settled);
  await vi.advanceTimersByTimeAsync(9_900);
  await settle();
  expect(settled).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(200);
  expect(await late).toBe(Code.DeadlineExceeded);

  const closed = call().catch((error: unknown) => ConnectError.from(error).code);
  await transport.close();
  expect(await closed).toBe(Code.Canceled);
});

test('a stream is subscribed with the first thing that it says, and asks for heartbeats', async () => {
  const { feed, asked, tell } = openStream();
  connect({}, feed);
  transport.start();
  await settle();
  expect(kinds()).toEqual([]);
  expect(asked).toMatchObject([{ checkpoint: '', heartbeatInterval: { seconds: 2n } }]);
  await tell(heartbeat(7n));
  await tell(heartbeat(8n));
  expect(events).toEqual([
    { kind: 'subscribed' },
    { kind: 'heartbeat', epoch: 'e', seq: 7 },
    { kind: 'heartbeat', epoch: 'e', seq: 8 },
  ]);
});

test('each change is told with its place; one whose content was erased, without a document', async () => {
  const { feed, tell } = openStream();
  connect({}, feed);
  transport.start();
  await settle();
  const changes = [
    { checkpoint: 'c4', version: { sequence: 4n, user: create(UserSchema, userMessage(user())) } },
    { checkpoint: 'c5', version: { sequence: 5n } },
  ];
  await tell({ epoch: 'e', headSequence: 5n, event: { case: 'changes', value: { changes } } });
  expect(events.slice(1)).toEqual([
    { kind: 'change', change: { epoch: 'e', seq: 4, checkpoint: 'c4', document: user() } },
    { kind: 'change', change: { epoch: 'e', seq: 5, checkpoint: 'c5', document: null } },
  ]);
});

test('a stream that fails says why, is lost, and is opened again', async () => {
  const { feed, asked, tell } = openStream();
  let failures = 1;
  connect({}, { watch: (request, context) => (failures-- > 0 ? fail() : feed.watch!(request, context)) });
  async function* fail(): AsyncGenerator<never> {
    throw new ConnectError('away', Code.Unavailable);
  }
  transport.start();
  await settle();
  expect(kinds()).toEqual(['error', 'lost']);
  await vi.advanceTimersByTimeAsync(500);
  await settle();
  expect(asked).toHaveLength(1);
  await tell(heartbeat(1n));
  expect(kinds()).toEqual(['error', 'lost', 'subscribed', 'heartbeat']);
});

test('a stream that is silent for ten seconds is ended and opened again', async () => {
  const { feed, asked, ended, tell } = openStream();
  connect({}, feed);
  transport.start();
  await settle();
  for (const sequence of [1n, 2n]) {
    await vi.advanceTimersByTimeAsync(9_000);
    await tell(heartbeat(sequence));
  }
  expect([asked.length, ended()]).toEqual([1, 0]);
  await vi.advanceTimersByTimeAsync(9_900);
  await settle();
  expect(kinds()).not.toContain('lost');
  await vi.advanceTimersByTimeAsync(200);
  await settle();
  expect(kinds()).toContain('lost');
  // One that never says anything is no better.
  await vi.advanceTimersByTimeAsync(500);
  await settle();
  expect(asked).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(10_100);
  await settle();
  expect(kinds().filter((kind) => kind === 'lost')).toHaveLength(2);
});

test('when it is closed the stream is ended, and nothing more is told', async () => {
  const { feed, ended, tell } = openStream();
  connect({}, feed);
  const told = vi.fn();
  transport.events$.subscribe({ complete: told });
  transport.start();
  await settle();
  await tell(heartbeat(1n));
  await transport.close();
  await settle();
  expect(told).toHaveBeenCalledOnce();
  expect(kinds()).toEqual(['subscribed', 'heartbeat']);
  expect(ended()).toBe(1);
});
