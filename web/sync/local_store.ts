import type { RxDatabase, RxDocument } from 'rxdb';
import { filter, map, type Observable } from 'rxjs';
import type { UserDocument } from './document.ts';
import { holdEntries, releaseEntries, type Entries, type Entry } from './entries.ts';
import { firstGeneration, type Generation } from './generation.ts';
import type { FieldConflict, Mutation, Outcome, Violation } from './mutation.ts';
import type { LeaderStatus } from './status.ts';

/** A document and the sequence of the change that made it so. */
export interface SequencedDocument {
  document: UserDocument;
  seq: number;
}

/** Edits of a row that were sent, or are about to be, and whose receipts have not been dealt with. */
export interface PendingEdit {
  id: string;
  /** Each builds upon the one before it; the last is what the row holds. Usually there is one. */
  mutations: Mutation[];
  /** What others made of the row meanwhile. RxDB drops it, because the row has an edit. */
  late: SequencedDocument | null;
}

/** An edit that was not committed: what its author wants to see, to correct, to send again or to drop. */
export interface RefusedEdit {
  /** The id of its mutation. */
  key: string;
  id: string;
  outcome: Outcome;
  /** What the author wrote. */
  mine: UserDocument;
  /** What the author started from; null for an insert. */
  base: UserDocument | null;
  /** What held when it was refused; null if nothing did. */
  theirs: UserDocument | null;
  conflicts: FieldConflict[];
  violations: Violation[];
  /** When it was refused, RFC 3339. */
  at: string;
}

/** A copy of what was kept: RxDB freezes what it gives out. */
function valueOf<T>(entry: RxDocument<Entry>): T {
  return entry.toMutableJSON().value as T;
}

/**
 * What the replication itself must not forget. It lies in a collection of the same database, so all tabs
 * share it: whichever of them leads goes on where the last one stopped, and every one shows what was refused.
 */
export class LocalStore {
  readonly #entries: Entries;
  #closed: Promise<void> | null = null;

  private constructor(entries: Entries) {
    this.#entries = entries;
  }

  static async open(database: RxDatabase, users: string): Promise<LocalStore> {
    return new LocalStore(await holdEntries(database, users));
  }

  /** Tells that something was kept or dropped, but for what a tab says of itself. */
  get changes$(): Observable<unknown> {
    return this.#entries.$.pipe(filter(({ documentData }) => documentData.kind !== 'leader'));
  }

  get pending$(): Observable<PendingEdit[]> {
    return this.#list$('pending');
  }

  get refused$(): Observable<RefusedEdit[]> {
    return this.#list$('refused');
  }

  pending(): Promise<PendingEdit[]> {
    return this.#list('pending');
  }

  async savePending(edits: readonly PendingEdit[]): Promise<void> {
    await this.#save('pending', edits.map((edit) => [edit.id, edit]));
  }

  async dropPending(ids: readonly string[]): Promise<void> {
    await this.#drop('pending', ids);
  }

  async saveRefused(edits: readonly RefusedEdit[]): Promise<void> {
    await this.#save('refused', edits.map((edit) => [edit.key, edit]));
  }

  async dropRefused(key: string): Promise<void> {
    await this.#drop('refused', [key]);
  }

  async refused(key: string): Promise<RefusedEdit | null> {
    const entry = await this.#entries.findOne(`refused:${key}`).exec();
    return entry === null ? null : valueOf<RefusedEdit>(entry);
  }

  /** What the tab that leads, or the last that did, said of itself. */
  get leader$(): Observable<LeaderStatus | null> {
    return this.#list$<LeaderStatus>('leader').pipe(map(([status]) => status ?? null));
  }

  async saveLeader(status: LeaderStatus): Promise<void> {
    await this.#save('leader', [['', status]]);
  }

  async generation(): Promise<Generation> {
    const [kept] = await this.#list<Generation>('generation');
    return kept ?? firstGeneration;
  }

  async saveGeneration(generation: Generation): Promise<void> {
    await this.#save('generation', [['', generation]]);
  }

  /** What RxDB believed of each row in the generation before, by id. */
  async beliefs(): Promise<Map<string, UserDocument>> {
    const kept = await this.#list<UserDocument>('belief');
    return new Map(kept.map((document) => [document.id, document]));
  }

  async saveBeliefs(beliefs: ReadonlyMap<string, UserDocument>): Promise<void> {
    await this.#save('belief', [...beliefs]);
  }

  async dropBeliefs(): Promise<void> {
    await this.#drop('belief', [...(await this.beliefs()).keys()]);
  }

  /** Safe to repeat. */
  close(): Promise<void> {
    this.#closed ??= releaseEntries(this.#entries);
    return this.#closed;
  }

  /** Forgets all of it, in every tab. */
  async remove(): Promise<void> {
    await this.#entries.remove();
    await this.close();
  }

  async #list<T>(kind: string): Promise<T[]> {
    const entries = await this.#entries.find({ selector: { kind } }).exec();
    return entries.map((entry) => valueOf<T>(entry));
  }

  #list$<T>(kind: string): Observable<T[]> {
    return this.#entries
      .find({ selector: { kind } })
      .$.pipe(map((entries) => entries.map((entry) => valueOf<T>(entry))));
  }

  async #save(kind: string, values: readonly (readonly [string, object])[]): Promise<void> {
    if (values.length === 0) return;
    const { error } = await this.#entries.bulkUpsert(values.map(([key, value]) => ({ key: `${kind}:${key}`, kind, value })));
    if (error.length > 0) throw new Error(`${error.length} of ${values.length} entries (${kind}) could not be kept`);
  }

  async #drop(kind: string, keys: readonly string[]): Promise<void> {
    if (keys.length > 0) await this.#entries.bulkRemove(keys.map((key) => `${kind}:${key}`));
  }
}
