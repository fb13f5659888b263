import { Subject, type Subscription } from 'rxjs';
import { Cancelled, wait } from './cancel.ts';
import type { TransportOpener } from './open_transport.ts';
import type { Mutation, Receipt } from './mutation.ts';
import type { Page, Transport, TransportEvent } from './transport.ts';

/** How long a connection may be lost before other ways are tried. NATS starts anew in less. */
const mostLost = 10_000;

/**
 * One of several ways to the store. When its connection is lost for long, all ways are tried again, because WebSocket
 * may be blocked from now on; the lost one goes on trying meanwhile, and is kept if it comes back first.
 */
export class SwitchingTransport implements Transport {
  readonly events$ = new Subject<TransportEvent>();
  readonly #open: TransportOpener;
  #way: Transport;
  #following: Subscription | null = null;
  #search: AbortController | null = null;

  constructor(first: Transport, open: TransportOpener) {
    this.#way = first;
    this.#open = open;
  }

  /** Of the way that is taken now. */
  get name(): string {
    return this.#way.name;
  }

  start(): void {
    this.#take(this.#way);
  }

  pull(checkpoint: string | null, limit: number): Promise<Page> {
    return this.#way.pull(checkpoint, limit);
  }

  push(mutations: readonly Mutation[]): Promise<Receipt[]> {
    return this.#way.push(mutations);
  }

  async close(): Promise<void> {
    this.#endSearch();
    this.#following?.unsubscribe();
    this.events$.complete();
    await this.#way.close();
  }

  #take(way: Transport): void {
    this.#following?.unsubscribe();
    this.#way = way;
    this.#following = way.events$.subscribe((event) => {
      if (event.kind === 'subscribed') this.#endSearch();
      if (event.kind === 'lost') this.#beginSearch();
      this.events$.next(event);
    });
    way.start();
  }

  #beginSearch(): void {
    if (this.#search !== null) return;
    this.#search = new AbortController();
    void this.#findOther(this.#search.signal);
  }

  #endSearch(): void {
    this.#search?.abort();
    this.#search = null;
  }

  async #findOther(signal: AbortSignal): Promise<void> {
    try {
      await wait(mostLost, signal);
      // That the connection is lost was told already.
      const found = await this.#open(signal, () => undefined);
      if (signal.aborted) return void (await found.close());
      this.#search = null;
      const lost = this.#way;
      this.#take(found);
      await lost.close();
    } catch (error) {
      if (!(error instanceof Cancelled)) this.events$.next({ kind: 'error', error: error as Error });
    }
  }
}
