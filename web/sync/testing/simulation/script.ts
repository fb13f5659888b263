import { invalidStatus } from './history.ts';
import { Random } from './random.ts';
import type { Weather } from './weather_transport.ts';

/** What happens, and how long after what happened before. Numbers choose among what there is by then. */
export type Step = { after: number } & (
  | { kind: 'insert'; page: number; email: string; status: string }
  | { kind: 'edit'; page: number; user: number; changes: Changes }
  | { kind: 'overwrite'; page: number; user: number; changes: Changes; wait: number }
  | { kind: 'delete' | 'reinsert'; page: number; user: number }
  | { kind: 'again' | 'drop'; page: number; edit: number; status: string | null }
  | { kind: 'foreign'; what: 'insert' | 'edit' | 'delete'; user: number; changes: Changes; believes: boolean }
  | { kind: 'start' | 'stop' | 'open' | 'close' | 'kill' | 'offline' | 'online' | 'heartbeat'; page: number }
  | { kind: 'weather'; page: number; weather: Weather }
  | { kind: 'restore'; back: number; again: boolean; epoch: boolean }
  | { kind: 'erase'; user: number }
);

export type Changes = { email?: string; status?: string; role?: string };

export interface Script {
  /** Of each browser, how many tabs it has. */
  browsers: number[];
  batchSize: number;
  steps: Step[];
}

const weights = {
  insert: 9,
  edit: 30,
  overwrite: 5,
  delete: 4,
  reinsert: 1,
  again: 3,
  drop: 1,
  foreign: 9,
  start: 5,
  stop: 3,
  open: 14,
  close: 2.5,
  kill: 3.5,
  offline: 4,
  online: 6,
  heartbeat: 1,
  weather: 8,
  restore: 1.2,
  erase: 0.8,
};

const addresses = ['shared-1@example.com', 'shared-2@example.com'];

class Writer {
  readonly #random: Random;
  #values = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  write(count: number): Step[] {
    return Array.from({ length: count }, () => this.#step());
  }

  #step(): Step {
    const random = this.#random;
    const after = this.#pause();
    const kind = random.weighted(weights);
    const [page, user] = [random.below(60), random.below(60)];
    switch (kind) {
      case 'insert':
        return { kind, after, page, email: this.#email(), status: this.#status() };
      case 'edit':
        return { kind, after, page, user, changes: this.#changes() };
      case 'overwrite':
        return { kind, after, page, user, changes: this.#changes(), wait: this.#pause() };
      case 'delete':
      case 'reinsert':
        return { kind, after, page, user };
      case 'again':
      case 'drop':
        return { kind, after, page, edit: user, status: random.chance(0.4) ? this.#status() : null };
      case 'foreign':
        return { kind, after, what: random.weighted({ insert: 1, edit: 6, delete: 1 }), user, changes: this.#changes(), believes: random.chance(0.4) };
      case 'weather':
        return { kind, after, page, weather: this.#weather() };
      case 'restore':
        return { kind, after, back: 1 + random.below(6), again: random.chance(0.5), epoch: random.chance(0.4) };
      case 'erase':
        return { kind, after, user };
      default:
        return { kind, after, page };
    }
  }

  #pause(): number {
    const random = this.#random;
    const longest = random.weighted({ '0': 3, '5': 4, '60': 3, '400': 4, '3000': 1.5, '15000': 0.4 });
    return Math.round(random.next() * Number(longest));
  }

  #value(field: string): string {
    return `${field}-${++this.#values}`;
  }

  #email(): string {
    return this.#random.chance(0.3) ? this.#random.pick(addresses) : `${this.#value('mail')}@example.com`;
  }

  #status(): string {
    return this.#random.chance(0.1) ? invalidStatus : this.#value('status');
  }

  #changes(): Changes {
    const random = this.#random;
    const field = random.weighted({ email: 2, status: 5, role: 4, both: 1 });
    if (field === 'email') return { email: this.#email() };
    if (field === 'status') return { status: this.#status() };
    if (field === 'role') return { role: random.chance(0.1) ? '' : this.#value('role') };
    return { status: this.#status(), role: this.#value('role') };
  }

  #weather(): Weather {
    const random = this.#random;
    const often = (): number => (random.chance(0.5) ? 0 : random.next() * 0.5);
    return {
      latency: random.weighted({ '5': 3, '80': 3, '600': 2, '4000': 1 }) === '5' ? 5 : random.pick([80, 600, 4_000]),
      lostRequests: often(),
      lostAnswers: often(),
      lostReceipts: often(),
      repeatedRequests: often(),
      lostEvents: often(),
      repeatedEvents: often(),
      lateEvents: often(),
      failedPulls: often(),
      shortPages: often(),
    };
  }
}

/** The same for the same seed. */
export function scriptOf(seed: number): Script {
  const random = new Random(seed).fork('script');
  const browsers = random.pick([[1], [2], [1, 1], [2, 1], [1, 1, 1], [2, 2], [2, 1, 1]]);
  const batchSize = random.pick([1, 2, 5, 500]);
  return { browsers, batchSize, steps: new Writer(random).write(15 + random.below(80)) };
}
