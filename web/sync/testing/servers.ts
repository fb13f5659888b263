import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const ready = 'Ctrl-C stops everything.';
const startTimeout = 240_000;

/** One `./usersync up` without the page, in a folder of its own. */
export class RunningSystem {
  readonly #process: ChildProcess;
  readonly #parent: string;
  readonly natsWsUrl: string;
  readonly gatewayUrl: string;

  private constructor(process: ChildProcess, parent: string, variables: Record<string, string>) {
    this.#process = process;
    this.#parent = parent;
    this.natsWsUrl = variables['USERSYNC_NATS_WS_URL'] ?? '';
    this.gatewayUrl = variables['USERSYNC_GATEWAY_URL'] ?? '';
  }

  /** Needs USERSYNC_BIN_DIR. Variables for `up` can be added. */
  static async start(variables: Record<string, string> = {}): Promise<RunningSystem> {
    const programs = process.env['USERSYNC_BIN_DIR'];
    if (programs === undefined) throw new Error('USERSYNC_BIN_DIR must name the folder of the built programs');
    const parent = mkdtempSync(join(tmpdir(), 'usersync-test-'));
    // PostgreSQL must pass through as its own user.
    chmodSync(parent, 0o755);
    const directory = join(parent, 'state');
    const env = { ...process.env, ...variables, USERSYNC_DIR: directory, USERSYNC_BIN_DIR: programs };
    const up = spawn(join(root, 'usersync'), ['up', '--no-page'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    try {
      await printed(up, ready);
    } catch (error) {
      up.kill('SIGTERM');
      throw error;
    }
    const told = JSON.parse(readFileSync(join(directory, 'run', 'environment.json'), 'utf8')) as Record<string, string>;
    return new RunningSystem(up, parent, told);
  }

  /** A secret of the running system, such as nats-alice. */
  secret(name: string): string {
    return readFileSync(join(this.#parent, 'state', 'secrets', name), 'utf8').trim();
  }

  /** Kills a process of the system; `up` starts it again. */
  kill(name: string): void {
    process.kill(Number(readFileSync(join(this.#parent, 'state', 'run', `${name}.pid`), 'utf8')), 'SIGKILL');
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGTERM');
    await ended;
    const elsewhere = readPointer(join(this.#parent, 'state', 'pgdata'));
    if (elsewhere.includes('/usersync-')) rmSync(elsewhere, { recursive: true, force: true });
    rmSync(this.#parent, { recursive: true, force: true });
  }
}

/** Where the database lies, which is not always below the state directory. */
function readPointer(path: string): string {
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

declare module 'vitest' {
  interface ProvidedContext {
    natsWsUrl: string;
    gatewayUrl: string;
    alicePassword: string;
  }
}

/** Before the tests: one system that all of them share. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const system = await RunningSystem.start();
  project.provide('natsWsUrl', system.natsWsUrl);
  project.provide('gatewayUrl', system.gatewayUrl);
  project.provide('alicePassword', system.secret('nats-alice'));
  return () => system.stop();
}
