import type { RxCollection } from 'rxdb';
import { filter, firstValueFrom, merge, timer } from 'rxjs';
import { Cancelled, unlessCancelled } from './cancel.ts';
import type { UserRow } from './document.ts';
import type { Generation } from './generation.ts';
import { GenerationReplication } from './generation_replication.ts';
import { Link } from './link.ts';
import { LivePosition } from './live_position.ts';
import type { LocalStore, RefusedEdit } from './local_store.ts';
import { OpenRows } from './open_rows.ts';
import type { Status } from './status.ts';
import type { Transport, TransportEvent } from './transport.ts';

/** The bridge sends a heartbeat every five seconds. */
const longestSilence = 6_000;

export interface LeaderParts {
  collection: RxCollection<UserRow>;
  transport: Transport;
  store: LocalStore;
  status: Status;
  identifier: string;
  batchSize: number;
  onRefused: (edit: RefusedEdit) => void;
  signal: AbortSignal;
}

/** The work of the one tab that leads: one generation after the other over one transport. */
export class Leader {
  readonly #parts: LeaderParts;
  readonly #open: OpenRows;
  readonly #link: Link;
  #generation: Generation;
  #position: LivePosition;
  #replication: GenerationReplication | null = null;
  #synced = false;
  /** Generations change one after the other. */
  #changing: Promise<void> = Promise.resolve();
  #diverged = false;

  static async create(parts: LeaderParts): Promise<Leader> {
    return new Leader(parts, await parts.store.generation(), await OpenRows.load(parts.store));
  }

  private constructor(parts: LeaderParts, generation: Generation, open: OpenRows) {
    this.#parts = parts;
    this.#open = open;
    this.#generation = generation;
    this.#position = new LivePosition(generation.epoch);
    this.#link = new Link(parts.transport.events$, parts.signal);
  }

  /** Begins, and returns once the first generation runs. */
  async start(): Promise<void> {
    const { transport } = this.#parts;
    transport.events$.subscribe((event) => this.#take(event));
    this.#replication = this.#make();
    transport.start();
    await this.#link.connected();
    this.#begin(this.#replication);
  }

  get replication(): GenerationReplication | null {
    return this.#replication;
  }

  async stop(): Promise<void> {
    await this.#changing;
    await this.#replication?.stop();
    await this.#parts.transport.close();
  }

  #make(): GenerationReplication {
    const { collection, transport, store, status, identifier, batchSize, onRefused } = this.#parts;
    return new GenerationReplication(
      {
        collection,
        transport,
        link: this.#link,
        position: this.#position,
        store,
        open: this.#open,
        counters: status.counters,
        identifier,
        batchSize,
        onRefused,
        onDivergence: () => this.#changeGeneration(),
        onReconciled: () => this.#reconciled(),
      },
      this.#generation,
    );
  }

  #begin(replication: GenerationReplication): void {
    this.#synced = false;
    this.#sayState();
    replication.state.error$.subscribe((error) => {
      if (!this.#parts.signal.aborted) this.#parts.status.report(error);
    });
    replication.start().then(
      () => {
        this.#synced = true;
        this.#sayState();
      },
      (error: unknown) => this.#failed(error),
    );
  }

  #take(event: TransportEvent): void {
    this.#replication?.feed.take(event);
    if (event.kind === 'error') this.#parts.status.report(event.error);
    if (event.kind === 'subscribed' || event.kind === 'lost') this.#sayState();
    if (event.kind === 'heartbeat') this.#parts.status.lag$.next(Math.max(0, event.seq - this.#position.known));
    if (this.#generation.epoch === null && this.#position.epoch !== null) this.#learnEpoch(this.#position.epoch);
  }

  #learnEpoch(epoch: string): void {
    this.#save({ ...this.#generation, epoch }).catch((error: unknown) => this.#failed(error));
  }

  async #reconciled(): Promise<void> {
    await this.#save({ ...this.#generation, reconciling: false });
    await this.#parts.store.dropBeliefs();
  }

  async #save(generation: Generation): Promise<void> {
    this.#generation = generation;
    await this.#parts.store.saveGeneration({ ...generation });
  }

  /** What RxDB believes of the store's history is of no use any more. */
  #changeGeneration(): void {
    if (this.#diverged || this.#parts.signal.aborted) return;
    this.#diverged = true;
    this.#changing = this.#next()
      .catch((error: unknown) => this.#failed(error))
      .finally(() => (this.#diverged = false));
  }

  async #next(): Promise<void> {
    const { store } = this.#parts;
    const old = this.#replication;
    if (old === null) return;
    await this.#nextWord();
    // Before RxDB forgets it. Of a generation that was not compared yet the beliefs are saved already.
    if (!this.#generation.reconciling) await store.saveBeliefs(await old.rows.beliefs());
    const { epoch } = this.#position;
    await this.#save({ number: this.#generation.number + 1, database: epoch ?? 'unknown', epoch, reconciling: true });
    await old.remove();
    this.#position = new LivePosition(epoch);
    this.#replication = this.#make();
    this.#begin(this.#replication);
  }

  /** Which database it is now, the next event says. There are heartbeats. */
  async #nextWord(): Promise<void> {
    const { transport, signal } = this.#parts;
    const words$ = transport.events$.pipe(filter(({ kind }) => kind === 'change' || kind === 'heartbeat'));
    await unlessCancelled(firstValueFrom(merge(words$, timer(longestSilence))), signal);
  }

  #sayState(): void {
    const { state$ } = this.#parts.status;
    if (this.#parts.signal.aborted) return;
    const connected = this.#link.connected$.value;
    state$.next(!connected ? (this.#synced ? 'offline' : 'connecting') : this.#synced ? 'active' : 'syncing');
  }

  #failed(error: unknown): void {
    if (!(error instanceof Cancelled) && !this.#parts.signal.aborted) this.#parts.status.report(error);
  }
}
