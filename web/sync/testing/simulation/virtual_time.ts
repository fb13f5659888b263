import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import type { Random } from './random.ts';

/** Whoever runs: a page of a browser, which can be closed in the middle of anything. */
export interface Life {
  alive: boolean;
}

interface Task {
  at: number;
  order: number;
  life: Life | undefined;
  /** Does not run if its page is gone. */
  mortal: boolean;
  run: () => void;
}

/** RxDB and Dexie share queues between all databases of a process; what waits in them must go on. */
const shortestMortal = 10;
/** What a task takes, in milliseconds. */
const taskTime = 0.02;
const begin = Date.UTC(2026, 0, 1);

const real = { setImmediate: globalThis.setImmediate, Date: globalThis.Date };
const lives = new AsyncLocalStorage<Life>();

/** Runs what belongs to a page. Its timers, channels and locks end with it. */
export function within<T>(life: Life, work: () => T): T {
  return lives.run(life, work);
}

export function currentLife(): Life | undefined {
  return lives.getStore();
}

/**
 * A clock and a queue of tasks in place of those of Node, so that a run depends on nothing but its seed: what would
 * wait takes no time, and tasks run in one order. Promises are left alone: between two tasks all of them go on.
 */
export class VirtualTime {
  #now = begin;
  #order = 0;
  /** A heap: the next one is the first. */
  readonly #tasks: Task[] = [];
  readonly #cancelled = new Set<number>();
  readonly #channels = new Map<string, Set<VirtualBroadcastChannel>>();
  #saved: [object, PropertyKey, PropertyDescriptor | undefined][] = [];
  /** Since the beginning. */
  tasksRun = 0;

  get now(): number {
    return this.#now;
  }

  /** Replaces the globals until `uninstall`. */
  install(random: Random): void {
    const time = this;
    const clear = (handle: unknown): void => time.clear(handle);
    const globals: Record<string, unknown> = {
      setTimeout: (run: (...given: unknown[]) => void, delay = 0, ...given: unknown[]) =>
        time.after(Math.max(1, delay), () => run(...given), delay >= shortestMortal),
      setImmediate: (run: (...given: unknown[]) => void, ...given: unknown[]) => time.after(0, () => run(...given), false),
      setInterval: (run: () => void, delay: number) => time.#every(delay, run),
      clearTimeout: clear,
      clearInterval: clear,
      clearImmediate: clear,
      MessageChannel: class {
        readonly port1: { onmessage: (() => void) | null; close: () => void } = { onmessage: null, close: () => undefined };
        readonly port2 = { postMessage: () => void time.after(0, () => this.port1.onmessage?.(), true) };
      },
      BroadcastChannel: class extends VirtualBroadcastChannel {
        constructor(name: string) {
          super(name, time, time.#channels);
        }
      },
      // With it, RxDB's tabs find the channel of the browser.
      self: globalThis,
      Date: class extends real.Date {
        constructor(...given: []) {
          if (given.length === 0) super(time.now);
          else super(...given);
        }
        static override now = () => Math.floor(time.now);
      },
    };
    for (const [name, value] of Object.entries(globals)) this.#replace(globalThis, name, value);
    this.#replace(Math, 'random', () => random.next());
    this.#replace(crypto, 'randomUUID', () => random.uuid());
    // Node hashes in another thread.
    this.#replace(crypto.subtle, 'digest', async (name: string, data: Uint8Array) => {
      const hash = createHash(name.replace('-', '').toLowerCase()).update(data).digest();
      return hash.buffer.slice(hash.byteOffset, hash.byteOffset + hash.length);
    });
  }

  uninstall(): void {
    for (const [object, name, descriptor] of this.#saved.reverse()) {
      if (descriptor === undefined) delete (object as Record<PropertyKey, unknown>)[name];
      else Object.defineProperty(object, name, descriptor);
    }
    this.#saved = [];
  }

  /** Runs something later, as whoever asks for it. */
  after(delay: number, run: () => void, mortal = true): number {
    return this.#schedule(delay, run, mortal, ++this.#order);
  }

  clear(handle: unknown): void {
    if (typeof handle === 'number') this.#cancelled.add(handle);
  }

  /** For the page that waits; nobody waits longer than it is open. */
  sleep(delay: number): Promise<void> {
    return new Promise((resolve) => void this.after(delay, resolve));
  }

  /** Runs tasks until so many milliseconds have passed. */
  async advance(milliseconds: number): Promise<void> {
    const until = this.#now + milliseconds;
    while ((this.#tasks[0]?.at ?? Infinity) <= until) await this.#runNext();
    this.#now = Math.max(this.#now, until);
    await this.#promises();
  }

  /** Runs tasks until the promise is settled. Fails if that takes longer than so many milliseconds. */
  async settle<T>(promise: Promise<T>, limit: number, what: string): Promise<T> {
    const until = this.#now + limit;
    let open = true;
    const over = (): void => void (open = false);
    promise.then(over, over);
    await this.#promises();
    while (open) {
      if (this.#tasks.length === 0 || this.#now > until) throw new Error(`${what}: not after ${limit} ms`);
      await this.#runNext();
    }
    return promise;
  }

  #schedule(delay: number, run: () => void, mortal: boolean, handle: number): number {
    const order = ++this.#order;
    this.#push({ at: this.#now + delay, order, life: lives.getStore(), mortal, run: () => !this.#cancelled.delete(handle) && run() });
    return handle;
  }

  #every(delay: number, run: () => void): number {
    const handle = ++this.#order;
    const again = (): void => {
      run();
      if (!this.#cancelled.delete(handle)) this.#schedule(delay, again, true, handle);
    };
    return this.#schedule(delay, again, true, handle);
  }

  async #runNext(): Promise<void> {
    const task = this.#pop();
    if (task === undefined) return;
    this.#now = Math.max(this.#now + taskTime, task.at);
    this.tasksRun += 1;
    const { life, mortal, run } = task;
    if (life === undefined) run();
    else if (life.alive || !mortal) lives.run(life, run);
    await this.#promises();
  }

  /** Everything that waits for nothing but promises goes on. */
  #promises(): Promise<void> {
    return new Promise((resolve) => void real.setImmediate(resolve));
  }

  #replace(object: object, name: PropertyKey, value: unknown): void {
    this.#saved.push([object, name, Object.getOwnPropertyDescriptor(object, name)]);
    Object.defineProperty(object, name, { value, configurable: true, writable: true });
  }

  #push(task: Task): void {
    const tasks = this.#tasks;
    tasks.push(task);
    let at = tasks.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(tasks[at]!, tasks[parent]!)) return;
      [tasks[at], tasks[parent]] = [tasks[parent]!, tasks[at]!];
      at = parent;
    }
  }

  #pop(): Task | undefined {
    const tasks = this.#tasks;
    const first = tasks[0];
    const last = tasks.pop();
    if (first === undefined || last === undefined || tasks.length === 0) return first;
    tasks[0] = last;
    let at = 0;
    for (;;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      let least = at;
      if (left < tasks.length && isBefore(tasks[left]!, tasks[least]!)) least = left;
      if (right < tasks.length && isBefore(tasks[right]!, tasks[least]!)) least = right;
      if (least === at) return first;
      [tasks[at], tasks[least]] = [tasks[least]!, tasks[at]!];
      at = least;
    }
  }
}

function isBefore(a: Task, b: Task): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

type Message = { data: unknown };

/** What tabs tell each other comes a moment later; what a closed page tells comes nowhere. */
class VirtualBroadcastChannel {
  onmessage: ((message: Message) => void) | null = null;
  readonly #life = lives.getStore();
  readonly #time: VirtualTime;
  readonly #all: Set<VirtualBroadcastChannel>;
  readonly #listeners = new Set<(message: Message) => void>();

  constructor(name: string, time: VirtualTime, channels: Map<string, Set<VirtualBroadcastChannel>>) {
    this.#time = time;
    this.#all = channels.get(name) ?? new Set();
    channels.set(name, this.#all);
    this.#all.add(this);
  }

  addEventListener(_kind: string, listener: (message: Message) => void): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_kind: string, listener: (message: Message) => void): void {
    this.#listeners.delete(listener);
  }

  postMessage(data: unknown): void {
    if (this.#life?.alive === false) return;
    const copy = structuredClone(data);
    for (const other of this.#all) {
      if (other === this) continue;
      const deliver = (): void => void this.#time.after(1, () => other.#take({ data: copy }));
      if (other.#life === undefined) deliver();
      else lives.run(other.#life, deliver);
    }
  }

  close(): void {
    this.#all.delete(this);
  }

  #take(message: Message): void {
    if (!this.#all.has(this)) return;
    this.onmessage?.(message);
    for (const listener of this.#listeners) listener(message);
  }
}
