import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const ready = 'Ctrl-C stops everything.';
const startTimeout = 240_000;

/** One `./usersync up`, in a folder of its own. */
export class RunningSystem {
  readonly #process: ChildProcess;
  readonly #parent: string;
  /** What `./usersync env` prints. */
  readonly variables: Readonly<Record<string, string>>;

  private constructor(process: ChildProcess, parent: string, variables: Record<string, string>) {
    this.#process = process;
    this.#parent = parent;
    this.variables = variables;
  }

  get natsWsUrl(): string {
    return this.variables['USERSYNC_NATS_WS_URL'] ?? '';
  }

  get gatewayUrl(): string {
    return this.variables['USERSYNC_GATEWAY_URL'] ?? '';
  }

  /** Needs USERSYNC_BIN_DIR. Variables for `up` can be added; it serves the page only if asked. */
  static async start(variables: Record<string, string> = {}, page = false): Promise<RunningSystem> {
    const programs = process.env['USERSYNC_BIN_DIR'];
    if (programs === undefined) throw new Error('USERSYNC_BIN_DIR must name the folder of the built programs');
    const parent = mkdtempSync(join(tmpdir(), 'usersync-test-'));
    // PostgreSQL must pass through as its own user.
    chmodSync(parent, 0o755);
    const directory = join(parent, 'state');
    const env = { ...process.env, ...variables, USERSYNC_DIR: directory, USERSYNC_BIN_DIR: programs };
    const up = spawn(join(root, 'usersync'), page ? ['up'] : ['up', '--no-page'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    try {
      await printed(up, ready);
    } catch (error) {
      up.kill('SIGTERM');
      rmSync(parent, { recursive: true, force: true });
      throw error;
    }
    const told = JSON.parse(readFileSync(join(directory, 'run', 'environment.json'), 'utf8')) as Record<string, string>;
    return new RunningSystem(up, parent, told);
  }

  /** A secret of the running system, such as nats-alice. */
  secret(name: string): string {
    return readFileSync(join(this.#parent, 'state', 'secrets', name), 'utf8').trim();
  }

  /** Where the database lies. */
  get database(): string {
    return readText(join(this.#parent, 'state', 'pgdata'));
  }

  /** What a process of the system has said so far. */
  log(name: string): string {
    return readText(join(this.#parent, 'state', 'log', `${name}.log`));
  }

  /** The id of a process of the system, such as nats; `up` is the one that keeps them all. */
  pid(name: string): number {
    return Number(readText(join(this.#parent, 'state', 'run', `${name}.pid`)));
  }

  /** Kills a process of the system; `up` starts it again. */
  kill(name: string): void {
    process.kill(this.pid(name), 'SIGKILL');
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGTERM');
    await ended;
    const elsewhere = this.database;
    // Not always below the state directory.
    if (elsewhere.includes('/usersync-')) rmSync(elsewhere, { recursive: true, force: true });
    rmSync(this.#parent, { recursive: true, force: true });
  }
}

/** What a file holds; nothing if it is not there. */
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

function printed(up: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    const timer = setTimeout(() => reject(new Error(`up is not ready after a long time:\n${output}`)), startTimeout);
    const take = (chunk: Buffer): void => {
      output += chunk.toString();
      if (!output.includes(text)) return;
      clearTimeout(timer);
      resolve();
    };
    up.stdout?.on('data', take);
    up.stderr?.on('data', take);
    up.once('exit', () => {
      clearTimeout(timer);
      reject(new Error(`up ended:\n${output}`));
    });
  });
}
