// npm's grpc-web: XMLHttpRequest, binary and text. In node its messages come with the end of a
// stream; chromium.test.ts sees them come one by one.
import { GrpcWebClientBase, type RpcError } from 'grpc-web';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import XMLHttpRequest from 'xhr2';
import type {
  SimpleRequest,
  SimpleResponse,
  StreamingOutputCallRequest,
} from './generated/grpc/testing/messages_pb.ts';
import { streaming, unary } from './methods.ts';
import { FOR_EVER, ask, askStatus, askStream } from './requests.ts';
import { TestGateway } from './test_gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  Object.assign(globalThis, { XMLHttpRequest });
  gateway = await TestGateway.start();
});
afterAll(() => gateway.stop());

describe.each(['binary', 'text'])('grpc-web, %s', (format) => {
  const client = () => new GrpcWebClientBase({ format });
  const call = (request: SimpleRequest, metadata = {}) =>
    new Promise<SimpleResponse>((succeed, fail) => {
      const url = `${gateway.url}${unary.getName()}`;
      client().rpcCall(url, request, metadata, unary, (error, answer) => (error ? fail(error) : succeed(answer)));
    });
  const failure = (request: SimpleRequest, metadata = {}) =>
    call(request, metadata).then(
      () => Promise.reject(new Error('the call succeeded')),
      (error: RpcError) => error,
    );
  const stream = (request: StreamingOutputCallRequest) =>
    client().serverStreaming(`${gateway.url}${streaming.getName()}`, request, {}, streaming);

  test('makes a call', async () => {
    expect((await call(ask(300))).payload?.body.length).toBe(300);
  });

  test('makes a call with a large answer', async () => {
    expect((await call(ask(3 << 20))).payload?.body.length).toBe(3 << 20);
  });

  test('reads a stream in order, and its end', async () => {
    const sizes: (number | undefined)[] = [];
    const answers = stream(askStream([1, 70_000, 0, 300]));
    answers.on('data', (answer) => sizes.push(answer.payload?.body.length));
    const status = await new Promise<{ code: number }>((done) => answers.on('status', done));
    expect(status.code).toBe(0);
    expect(sizes).toEqual([1, 70_000, 0, 300]);
  });

  test('hears why a call failed', async () => {
    const error = await failure(askStatus(9, 'not yet: 50 %'));
    expect(error.code).toBe(9);
    expect(error.message).toBe('not yet: 50 %');
    const details = Buffer.from(error.metadata['grpc-status-details-bin'] ?? '', 'base64').toString();
    expect(details).toContain('ASKED_FOR');
  });

  test('sends and receives metadata', async () => {
    const headers: Record<string, string>[] = [];
    const answers = client().rpcCall(
      `${gateway.url}${unary.getName()}`,
      ask(1),
      { 'x-echo-initial': 'a value', 'x-echo-trailing': 'another' },
      unary,
      () => {},
    );
    answers.on('metadata', (metadata) => headers.push(metadata));
    const status = await new Promise<{ metadata?: Record<string, string> }>((done) => answers.on('status', done));
    expect(headers[0]).toMatchObject({ 'x-echo-initial': 'a value' });
    expect(status.metadata).toMatchObject({ 'x-echo-trailing': 'another' });
  });

  test('ends a call at its deadline, and the store hears of it', async () => {
    const { cancelled } = await gateway.seen();
    const error = await failure(askStatus(FOR_EVER), { deadline: String(Date.now() + 300) });
    expect(error.code).toBe(4);
    await vi.waitUntil(async () => (await gateway.seen()).cancelled === cancelled + 1, { timeout: 60_000 });
  });

  test('cancels a stream, and the store hears of it', async () => {
    const { cancelled } = await gateway.seen();
    const answers = stream(askStream([1], FOR_EVER));
    await vi.waitUntil(async () => (await gateway.seen()).open === 1, { timeout: 60_000 });
    answers.cancel();
    await vi.waitUntil(async () => (await gateway.seen()).cancelled === cancelled + 1, { timeout: 60_000 });
  });
});
