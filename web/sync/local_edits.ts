import type { RxCollection } from 'rxdb';
import {
  catchError,
  combineLatest,
  defer,
  distinctUntilChanged,
  EMPTY,
  exhaustMap,
  filter,
  map,
  merge,
  share,
  startWith,
  Subject,
  switchMap,
  takeUntil,
  takeWhile,
  tap,
  throttleTime,
  timer,
  type Observable,
} from 'rxjs';
import type { UserDocument, UserRow } from './document.ts';
import { defaultIdentifier, identifierOf } from './generation.ts';
import { LocalStore, type RefusedEdit } from './local_store.ts';
import { applyAgain } from './refused_edits.ts';
import { unsentRows, type UnsentRow } from './unsent_rows.ts';

/** Many writes are looked at together. */
const pause = 250;
/** RxDB writes what came before it notes that it came: a row that was written a moment ago is not judged yet. */
const youth = 200;
/** While something is unsent: that RxDB noted an answer is told by nobody. */
const again = 500;

/** How RxDB names its writes of what came. */
const fromReplication = 'replication-downstream-';

/** Not at once: a row that was written just now is not judged, and looking would hold up its push. */
const afterwards = { leading: false, trailing: true };

function sameIds(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((id) => b.has(id));
}

/** What was written in this browser and is not saved, in every tab. No replication need run. */
export class LocalEdits {
  readonly #users: RxCollection<UserRow>;
  readonly #identifier: string;
  readonly #store: Promise<LocalStore>;
  readonly #closed$ = new Subject<void>();

  /** `identifier` is that of the replication. Closes with the collection. */
  constructor(users: RxCollection<UserRow>, identifier = defaultIdentifier) {
    this.#users = users;
    this.#identifier = identifier;
    this.#store = LocalStore.open(users.database, users.name);
    users.onClose.push(() => this.close());
  }

  /** The edits that the store refused and that nobody dealt with. */
  get refused$(): Observable<RefusedEdit[]> {
    return defer(() => this.#store).pipe(switchMap((store) => store.refused$));
  }

  /** The ids of the rows, deleted ones too, that wait for an answer, or to be sent at all; saved ones a moment longer. */
  get unsent$(): Observable<ReadonlySet<string>> {
    return defer(() => this.#store).pipe(
      switchMap((store) => combineLatest([this.#looks$(store), store.pending$])),
      map(([ids, pending]) => new Set([...ids, ...pending.map(({ id }) => id)])),
      distinctUntilChanged(sameIds),
    );
  }

  /** The same, as it is now. */
  async unsent(): Promise<ReadonlySet<string>> {
    const store = await this.#store;
    const [rows, pending] = await Promise.all([this.#look(store), store.pending()]);
    return new Set([...rows, ...pending].map(({ id }) => id));
  }

  /** Writes a refused edit again, perhaps corrected, upon what the row says now; where both changed the same, it wins. */
  async applyAgain(key: string, corrected?: UserDocument): Promise<void> {
    await applyAgain(await this.#store, this.#users, key, corrected);
  }

  /** Forgets a refused edit. */
  async drop(key: string): Promise<void> {
    await (await this.#store).dropRefused(key);
  }

  /** Safe to repeat. */
  async close(): Promise<void> {
    this.#closed$.next();
    await (await this.#store).close();
  }

  async #look(store: LocalStore): Promise<UnsentRow[]> {
    return unsentRows(this.#users, identifierOf(this.#identifier, await store.generation()));
  }

  /** Ids of rows that wait to be sent. What was written here a moment ago does, until it was looked at. */
  #looks$(store: LocalStore): Observable<ReadonlySet<string>> {
    const young = new Map<string, number>();
    const look = async (): Promise<UnsentRow[]> => {
      const begun = Date.now();
      const rows = await this.#look(store);
      for (const [id, writtenAt] of young) if (writtenAt < begun - youth) young.delete(id);
      return rows;
    };
    // Thousands of rows that come are no reason to look at them all.
    const written$ = this.#users.eventBulks$.pipe(
      filter(({ context }) => !context.startsWith(fromReplication)),
      tap(({ events }) => events.forEach(({ documentId }) => young.set(documentId, Date.now()))),
      share(),
    );
    const looked$ = merge(written$, store.changes$).pipe(
      throttleTime(pause, undefined, afterwards),
      startWith(null),
      switchMap(() =>
        timer(0, again).pipe(
          // While another tab clears everything, nothing can be read; then all of this closes.
          exhaustMap(() => defer(look).pipe(catchError(() => EMPTY))),
          takeWhile((rows) => rows.length + young.size > 0, true),
        ),
      ),
      map((rows) => rows.filter(({ writtenAt }) => writtenAt < Date.now() - youth)),
    );
    return combineLatest([looked$, written$.pipe(startWith(null))]).pipe(
      map(([rows]) => new Set([...rows.map(({ id }) => id), ...young.keys()])),
      takeUntil(this.#closed$),
    );
  }
}
