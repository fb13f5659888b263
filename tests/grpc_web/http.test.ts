// What no client library sends by itself: preflights, compressed messages, other verbs and types.
import { gzipSync } from 'node:zlib';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SimpleRequestSchema, SimpleResponseSchema } from './generated/grpc/testing/messages_pb.ts';
import { ask } from './requests.ts';
import { TestGateway } from './test_gateway.ts';

const PAGE = 'http://page.test';
const BINARY = 'application/grpc-web+proto';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await TestGateway.start(PAGE);
});
afterAll(() => gateway.stop());

const send = (options: RequestInit) => fetch(`${gateway.url}/grpc.testing.TestService/UnaryCall`, options);

function frame(flags: number, payload: Uint8Array): Buffer<ArrayBuffer> {
  const head = Buffer.alloc(5);
  head.writeUInt8(flags);
  head.writeUInt32BE(payload.length, 1);
  return Buffer.concat([head, payload]);
}

// The payloads of an answer's frames: messages, then the trailers.
async function frames(answer: Response): Promise<Buffer[]> {
  const payloads = [];
  let bytes = Buffer.from(await answer.arrayBuffer());
  while (bytes.length > 0) {
    const end = 5 + bytes.readUInt32BE(1);
    payloads.push(bytes.subarray(5, end));
    bytes = bytes.subarray(end);
  }
  return payloads;
}

test('a preflight of a page that may call is answered with what it may send', async () => {
  const asked = 'content-type,grpc-timeout,x-grpc-web,x-user-agent,authorization';
  const headers = {
    origin: PAGE,
    'access-control-request-method': 'POST',
    'access-control-request-headers': asked,
  };
  const answer = await send({ method: 'OPTIONS', headers });
  expect(answer.status).toBe(204);
  expect(answer.headers.get('access-control-allow-origin')).toBe(PAGE);
  expect(answer.headers.get('access-control-max-age')).toBe('7200');
  const allowed = (answer.headers.get('access-control-allow-headers') ?? '').split(/, */);
  expect(allowed).toEqual(expect.arrayContaining(asked.split(',')));
});

test('a preflight of any other page is refused', async () => {
  const headers = { origin: 'http://elsewhere.test', 'access-control-request-method': 'POST' };
  const answer = await send({ method: 'OPTIONS', headers });
  expect(answer.ok).toBe(false);
  expect(answer.headers.get('access-control-allow-origin')).toBeNull();
});

test('a compressed message is read', async () => {
  const message = gzipSync(toBinary(SimpleRequestSchema, ask(7)));
  const headers = { 'content-type': BINARY, 'grpc-encoding': 'gzip' };
  const answer = await send({ method: 'POST', headers, body: frame(1, message) });
  const [response, trailers] = await frames(answer);
  expect(fromBinary(SimpleResponseSchema, response ?? Buffer.alloc(0)).payload?.body.length).toBe(7);
  expect(trailers?.toString()).toContain('grpc-status:0\r\n');
});

test('text is answered in text, and binary when Accept says so', async () => {
  const body = frame(0, toBinary(SimpleRequestSchema, ask(7))).toString('base64');
  const headers = { 'content-type': 'application/grpc-web-text', origin: PAGE };
  const text = await send({ method: 'POST', headers, body });
  expect(text.headers.get('content-type')).toBe('application/grpc-web-text+proto');
  expect(text.headers.get('access-control-expose-headers')).toContain('grpc-status');
  const binary = await send({ method: 'POST', headers: { ...headers, accept: BINARY }, body });
  expect(binary.headers.get('content-type')).toBe(BINARY);
  expect((await frames(binary)).length).toBe(2);
});

test('what is no gRPC-Web is answered as HTTP does', async () => {
  const get = await send({ headers: { 'content-type': BINARY } });
  expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
  const json = await send({ method: 'POST', headers: { 'content-type': 'application/grpc-web+json' }, body: '{}' });
  expect(json.status).toBe(415);
});
