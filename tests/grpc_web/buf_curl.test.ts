// npm's @bufbuild/buf: `buf curl --protocol grpcweb`, binary, over HTTP/1.1 and HTTP/2.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestGateway } from './test_gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await TestGateway.start();
});
afterAll(() => gateway.stop());

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

async function bufCurl(method: string, data: unknown, ...options: string[]): Promise<Ended> {
  const base = options.includes('--insecure') ? gateway.tlsUrl : gateway.url;
  const url = `${base}/grpc.testing.TestService/${method}`;
  const command = ['curl', '--protocol', 'grpcweb', ...options, '--data', JSON.stringify(data), url];
  return promisify(execFile)('node_modules/.bin/buf', command).then(
    (ended) => ({ code: 0, ...ended }),
    (error: Ended) => error,
  );
}

const SCHEMA = ['--schema', 'generated/schema.binpb'];
const body = (size: number) => Buffer.alloc(size, 'x').toString('base64');

describe.each([
  ['HTTP/1.1', [...SCHEMA]],
  ['HTTP/2 without TLS', [...SCHEMA, '--http2-prior-knowledge']],
  ['HTTP/2 with TLS', [...SCHEMA, '--insecure']],
])('buf curl over %s', (_, options) => {
  test('makes a call', async () => {
    const { stdout } = await bufCurl('UnaryCall', { responseSize: 10 }, ...options);
    expect(JSON.parse(stdout)).toEqual({ payload: { body: body(10) } });
  });

  test('reads a stream', async () => {
    const request = { responseParameters: [{ size: 1 }, { size: 2 }] };
    const { stdout } = await bufCurl('StreamingOutputCall', request, ...options);
    const answers = stdout.trim().split(/(?<=^})\n/m).map((answer) => JSON.parse(answer) as unknown);
    expect(answers).toEqual([{ payload: { body: body(1) } }, { payload: { body: body(2) } }]);
  });

  test('hears why a call failed', async () => {
    const status = { responseStatus: { code: 9, message: 'not yet' } };
    const { code, stderr } = await bufCurl('UnaryCall', status, ...options);
    expect(code).not.toBe(0);
    expect(stderr).toContain('"failed_precondition"');
    expect(stderr).toContain('not yet');
  });

  test('sends and receives metadata', async () => {
    const header = ['--header', 'x-echo-initial: a value', '--verbose'];
    const { stderr } = await bufCurl('UnaryCall', {}, ...options, ...header);
    expect(stderr).toMatch(/< .*x-echo-initial: a value/i);
  });
});
