import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import path from 'node:path';

// What the service behind the gateway has seen: calls that stay open now, and those that were
// cancelled so far.
export interface Seen {
  open: number;
  cancelled: number;
}

// A gateway of this build before grpc.testing.TestService.
export class TestGateway {
  private constructor(
    private readonly process: ChildProcess,
    private readonly lines: AsyncIterator<string>,
    readonly url: string,
    // Over TLS, with a certificate that nobody vouches for.
    readonly tlsUrl: string,
  ) {}

  static async start(...origins: string[]): Promise<TestGateway> {
    const folder = process.env['USERSYNC_BIN_DIR'] ?? '../../build/release/bin';
    const program = path.join(folder, 'usersync-test-gateway');
    const child = spawn(program, origins, { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const { url, tlsUrl } = JSON.parse(await read(lines)) as { url: string; tlsUrl: string };
    return new TestGateway(child, lines, url, tlsUrl);
  }

  async seen(): Promise<Seen> {
    this.process.stdin?.write('\n');
    return JSON.parse(await read(this.lines)) as Seen;
  }

  async stop(): Promise<void> {
    const ended = once(this.process, 'exit');
    this.process.stdin?.end();
    await ended;
  }
}

async function read(lines: AsyncIterator<string>): Promise<string> {
  const line = await lines.next();
  if (line.done) throw new Error('usersync-test-gateway ended');
  return line.value;
}
