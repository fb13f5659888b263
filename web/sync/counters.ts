import { BehaviorSubject, type Observable } from 'rxjs';

/** How much was done since the replication began. */
export interface Counters {
  /** Documents that came by pull, and live. */
  pulled: number;
  live: number;
  /** Mutations that were answered, by how. */
  applied: number;
  merged: number;
  unchanged: number;
  conflicts: number;
  invalid: number;
  denied: number;
  /** Times that something was missed and pulled again. */
  resyncs: number;
  /** Messages that had to be sent again. */
  retries: number;
  errors: number;
}

const none: Counters = {
  pulled: 0,
  live: 0,
  applied: 0,
  merged: 0,
  unchanged: 0,
  conflicts: 0,
  invalid: 0,
  denied: 0,
  resyncs: 0,
  retries: 0,
  errors: 0,
};

export class CounterSet {
  readonly #subject = new BehaviorSubject<Counters>(none);

  get counters$(): Observable<Counters> {
    return this.#subject.asObservable();
  }

  get now(): Counters {
    return this.#subject.value;
  }

  add(name: keyof Counters, count = 1): void {
    if (count !== 0) this.#subject.next({ ...this.#subject.value, [name]: this.#subject.value[name] + count });
  }
}
