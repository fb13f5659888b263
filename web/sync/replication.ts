import { combineLatest, concatMap, defer, distinctUntilChanged, filter, firstValueFrom, fromEvent, map, switchMap, takeUntil, type Observable } from 'rxjs';
import { Came } from './came.ts';
import { Cancelled, unlessCancelled } from './cancel.ts';
import { checkOptions } from './check_options.ts';
import { usersConflictHandler } from './conflict_handler.ts';
import type { Counters } from './counters.ts';
import type { UserDocument } from './document.ts';
import { defaultIdentifier } from './generation.ts';
import { Leader } from './leader.ts';
import { lead, type Resign } from './leadership.ts';
import { LocalStore, type RefusedEdit } from './local_store.ts';
import { transportOpener, type TransportOpener } from './open_transport.ts';
import type { ReplicateUsersOptions } from './options.ts';
import { applyAgain } from './refused_edits.ts';
import { Status, type LeaderStatus, type ReplicationState } from './status.ts';

const defaultBatchSize = 500;

/** Keeps a collection the same as everybody else's, until it is cancelled. */
export class UsersReplication {
  readonly #options: ReplicateUsersOptions;
  readonly #open: TransportOpener;
  readonly #status = new Status();
  readonly #came: Came;
  readonly #cancelling = new AbortController();
  readonly #store: Promise<LocalStore>;
  readonly #running: Promise<void>;
  #leader: Leader | null = null;
  #resign: Resign = () => undefined;
  #stopped: Promise<void> | null = null;

  /** Throws if the options name no way to the store, or could never work. */
  constructor(options: ReplicateUsersOptions) {
    checkOptions(options);
    const { collection } = options;
    this.#options = options;
    this.#open = transportOpener(options);
    this.#came = new Came(collection.database.multiInstance ? `usersync|came|${this.#name}` : null, this.counters$);
    collection.conflictHandler = usersConflictHandler;
    collection.onClose.push(() => this.cancel());
    this.#store = LocalStore.open(collection.database, collection.name);
    this.#running = this.#run().catch((error: unknown) => {
      if (!(error instanceof Cancelled)) this.#status.report(error);
    });
  }

  get state$(): Observable<ReplicationState> {
    return this.#status.state$.pipe(distinctUntilChanged());
  }

  /** How the tab that leads is doing: this one, or the one that this one waits for. null before any did. */
  get leader$(): Observable<LeaderStatus | null> {
    return defer(() => this.#store).pipe(switchMap((store) => store.leader$));
  }

  get counters$(): Observable<Counters> {
    return this.#status.counters.counters$;
  }

  /** How many documents came to this browser since this began, whichever tab fetched them. */
  get came$(): Observable<number> {
    return this.#came.count$.asObservable();
  }

  /** How many changes the store is known to be ahead. */
  get lag$(): Observable<number> {
    return this.#status.lag$;
  }

  /** What went wrong. All of it is tried again. */
  get errors$(): Observable<Error> {
    return this.#status.errors$;
  }

  /** The edits that the store refused and that nobody dealt with, in every tab. */
  get refused$(): Observable<RefusedEdit[]> {
    return defer(() => this.#store).pipe(switchMap((store) => store.refused$));
  }

  /** The ids of the rows whose edits are on their way, in every tab. */
  get pending$(): Observable<Set<string>> {
    return defer(() => this.#store).pipe(
      switchMap((store) => store.pending$),
      map((edits) => new Set(edits.map(({ id }) => id))),
    );
  }

  /** RxDB's identifier of the replication: it contains the epoch and the generation. null before there is one. */
  get identifier(): string | null {
    return this.#leader?.replication?.state.replicationIdentifier ?? null;
  }

  /** Resolves when all that is known was pulled and pushed. Only the tab that leads gets there. */
  async inSync(): Promise<void> {
    const active = firstValueFrom(this.state$.pipe(filter((state) => state === 'active')));
    await unlessCancelled(active, this.#cancelling.signal);
    await this.#leader?.replication?.state.awaitInSync();
  }

  /** Writes a refused edit again, perhaps corrected, upon what the row says now; where both changed the same, it wins. */
  async applyAgain(key: string, corrected?: UserDocument): Promise<void> {
    await applyAgain(await this.#store, this.#options.collection, key, corrected);
  }

  /** Forgets a refused edit. */
  async drop(key: string): Promise<void> {
    await (await this.#store).dropRefused(key);
  }

  /** Stops, and closes what was opened here. Safe to repeat. */
  cancel(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  /** The same in all tabs that replicate the same. */
  get #name(): string {
    const { collection, identifier = defaultIdentifier } = this.#options;
    return `${collection.database.name}|${collection.name}|${identifier}`;
  }

  async #run(): Promise<void> {
    const { signal } = this.#cancelling;
    const { collection, identifier = defaultIdentifier, batchSize = defaultBatchSize, onRefused } = this.#options;
    const store = await this.#store;
    const { state$, transport$ } = this.#status;
    this.#resign = await lead(collection.database, this.#name, signal, () => state$.next('waiting'));
    state$.next('connecting');
    this.#tellOthers(store);
    const transport = await this.#open(signal, (error) => this.#status.report(error));
    // It may become another way later.
    transport.events$.pipe(filter(({ kind }) => kind === 'subscribed')).subscribe(() => transport$.next(transport.name));
    transport$.next(transport.name);
    this.#leader = await Leader.create({
      collection,
      transport,
      store,
      status: this.#status,
      identifier,
      batchSize,
      onRefused: onRefused ?? (() => undefined),
      signal,
    });
    await this.#leader.start();
  }

  /** What other tabs see of this one is not worth an error. */
  #tellOthers(store: LocalStore): void {
    const { state$, transport$ } = this.#status;
    combineLatest({ state: state$, transport: transport$ })
      .pipe(
        takeUntil(fromEvent(this.#cancelling.signal, 'abort')),
        concatMap((status) => store.saveLeader(status).catch(() => undefined)),
      )
      .subscribe();
  }

  async #stop(): Promise<void> {
    this.#cancelling.abort();
    await this.#running;
    try {
      await this.#leader?.stop();
      await this.#store.then((store) => store.close(), () => undefined);
    } finally {
      this.#came.close();
      this.#resign();
      this.#status.state$.next('stopped');
    }
  }
}

/** Keeps a collection of users the same as everybody else's. It begins at once, and goes on until it is cancelled. */
export function replicateUsers(options: ReplicateUsersOptions): UsersReplication {
  return new UsersReplication(options);
}
