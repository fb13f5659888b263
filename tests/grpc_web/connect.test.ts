// npm's @connectrpc/connect-web: fetch, binary, over HTTP/1.1.
import { create } from '@bufbuild/protobuf';
import { Code, ConnectError, createClient, decodeBinaryHeader, encodeBinaryHeader } from '@connectrpc/connect';
import { createGrpcWebTransport } from '@connectrpc/connect-web';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { SimpleRequestSchema } from './generated/grpc/testing/messages_pb.ts';
import { TestService, UnimplementedService } from './generated/grpc/testing/test_pb.ts';
import { ErrorInfoSchema } from './generated/google/rpc/error_details_pb.ts';
import { FOR_EVER, ask, askStatus, askStream } from './requests.ts';
import { TestGateway } from './test_gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await TestGateway.start();
});
afterAll(() => gateway.stop());

const transport = () => createGrpcWebTransport({ baseUrl: gateway.url });
const client = () => createClient(TestService, transport());

async function failure(answer: Promise<unknown>): Promise<ConnectError> {
  return ConnectError.from(await answer.then(() => undefined, (error: unknown) => error));
}

describe('connect-web', () => {
  test('makes a call', async () => {
    expect((await client().unaryCall(ask(300))).payload?.body.length).toBe(300);
  });

  test('reads a stream in order', async () => {
    const sizes: (number | undefined)[] = [];
    for await (const answer of client().streamingOutputCall(askStream([1, 70_000, 0, 300]))) {
      sizes.push(answer.payload?.body.length);
    }
    expect(sizes).toEqual([1, 70_000, 0, 300]);
  });

  test('hears why a call failed', async () => {
    const error = await failure(client().unaryCall(askStatus(Code.FailedPrecondition, 'not yet: 50 %, naïve')));
    expect(error.code).toBe(Code.FailedPrecondition);
    expect(error.rawMessage).toBe('not yet: 50 %, naïve');
    expect(error.findDetails(ErrorInfoSchema).map((detail) => detail.reason)).toEqual(['ASKED_FOR']);
  });

  test('hears that a stream failed after its messages', async () => {
    const sizes: (number | undefined)[] = [];
    const error = await failure((async () => {
      for await (const answer of client().streamingOutputCall(askStream([5], Code.Aborted))) {
        sizes.push(answer.payload?.body.length);
      }
    })());
    expect(error.code).toBe(Code.Aborted);
    expect(sizes).toEqual([5]);
  });

  test('sends and receives metadata', async () => {
    const bytes = new Uint8Array([0, 255, 10]);
    let header = new Headers();
    let trailer = new Headers();
    await client().unaryCall(ask(1), {
      headers: { 'x-echo-initial': 'a value', 'x-echo-trailing-bin': encodeBinaryHeader(bytes) },
      onHeader: (headers) => (header = headers),
      onTrailer: (trailers) => (trailer = trailers),
    });
    expect(header.get('x-echo-initial')).toBe('a value');
    expect(decodeBinaryHeader(trailer.get('x-echo-trailing-bin') ?? '')).toEqual(bytes);
  });

  test('ends a call at its deadline, and the store hears of it', async () => {
    const { cancelled } = await gateway.seen();
    const error = await failure(client().unaryCall(askStatus(FOR_EVER), { timeoutMs: 300 }));
    expect(error.code).toBe(Code.DeadlineExceeded);
    await vi.waitUntil(async () => (await gateway.seen()).cancelled === cancelled + 1, { timeout: 60_000 });
  });

  test('cancels a stream, and the store hears of it', async () => {
    const { cancelled } = await gateway.seen();
    const abort = new AbortController();
    const error = await failure((async () => {
      const answers = client().streamingOutputCall(askStream([1, 2], FOR_EVER), { signal: abort.signal });
      // The second message is here while the stream stays open: nothing held it back.
      for await (const answer of answers) if (answer.payload?.body.length === 2) abort.abort();
    })());
    expect(error.code).toBe(Code.Canceled);
    await vi.waitUntil(async () => (await gateway.seen()).cancelled === cancelled + 1, { timeout: 60_000 });
  });

  test('sends and receives large messages, up to a limit', async () => {
    const payload = { body: new Uint8Array(3 << 20) };
    const answer = await client().unaryCall(create(SimpleRequestSchema, { payload, responseSize: 3 << 20 }));
    expect(answer.payload?.body.length).toBe(3 << 20);
    const tooLarge = create(SimpleRequestSchema, { payload: { body: new Uint8Array(5 << 20) } });
    expect((await failure(client().unaryCall(tooLarge))).code).toBe(Code.ResourceExhausted);
  });

  test('is told of methods that are not there', async () => {
    const other = createClient(UnimplementedService, transport());
    expect((await failure(other.unimplementedCall({}))).code).toBe(Code.Unimplemented);
    expect((await failure(client().unimplementedCall({}))).code).toBe(Code.Unimplemented);
  });
});
