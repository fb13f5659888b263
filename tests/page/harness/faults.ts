import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunningSystem } from '../../../web/sync/testing/running_system.ts';
import { eventually } from './eventually.ts';

/** A process's state and parent; null if it is gone. */
function statOf(pid: number): { state: string; parent: number } | null {
  try {
    const [state = '', parent = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return { state, parent: Number(parent) };
  } catch {
    return null;
  }
}

function lives(pid: number): boolean {
  const stat = statOf(pid);
  return stat !== null && stat.state !== 'Z';
}

function childrenOf(pid: number): number[] {
  const all = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return all.filter((one) => statOf(one)?.parent === pid);
}

/** Kills a process and what it started; while `work` runs, nobody starts it again. */
export async function whileDown<T>(system: RunningSystem, name: string, work: () => T | Promise<T>): Promise<T> {
  const keeper = system.pid('up');
  process.kill(keeper, 'SIGSTOP');
  try {
    const family = [system.pid(name), ...childrenOf(system.pid(name))];
    system.kill(name);
    await eventually(() => {
      if (family.some(lives)) throw new Error(`${name} still lives`);
    });
    return await work();
  } finally {
    process.kill(keeper, 'SIGCONT');
  }
}

/** A copy of a database as a crash leaves it, which is what a backup by the file system holds. */
export class DatabaseCopy {
  readonly #system: RunningSystem;
  readonly #folder = mkdtempSync(join(tmpdir(), 'usersync-copy-'));

  private constructor(system: RunningSystem) {
    this.#system = system;
  }

  static async take(system: RunningSystem): Promise<DatabaseCopy> {
    const copy = new DatabaseCopy(system);
    await whileDown(system, 'postgres', () => execFileSync('cp', ['-a', system.database, copy.#data]));
    return copy;
  }

  /** The database becomes what it was, and the copy is gone. */
  async putBack(): Promise<void> {
    await whileDown(this.#system, 'postgres', () => {
      rmSync(this.#system.database, { recursive: true });
      execFileSync('cp', ['-a', this.#data, this.#system.database]);
    });
    rmSync(this.#folder, { recursive: true });
  }

  get #data(): string {
    return join(this.#folder, 'data');
  }
}
