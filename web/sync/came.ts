import { BehaviorSubject, map, pairwise, startWith, type Observable, type Subscription } from 'rxjs';
import type { Counters } from './counters.ts';

/** How many documents came to this browser while somebody counts here, whichever of its tabs fetched them. */
export class Came {
  readonly count$ = new BehaviorSubject(0);
  readonly #channel: BroadcastChannel | null;
  readonly #own: Subscription;

  /** `name` is the same in all tabs that share the documents; null if this one shares nothing. */
  constructor(name: string | null, counters$: Observable<Counters>) {
    // Old browsers have none: there each tab counts its own.
    this.#channel = name === null || typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(name);
    this.#channel?.addEventListener('message', ({ data }: MessageEvent<number>) => this.#add(data));
    this.#own = counters$
      .pipe(
        map(({ pulled, live }) => pulled + live),
        startWith(0),
        pairwise(),
        map(([before, after]) => after - before),
      )
      .subscribe((count) => this.#tell(count));
  }

  close(): void {
    this.#own.unsubscribe();
    this.#channel?.close();
  }

  #tell(count: number): void {
    if (count === 0) return;
    this.#add(count);
    this.#channel?.postMessage(count);
  }

  #add(count: number): void {
    this.count$.next(this.count$.value + count);
  }
}
