import { getAssumedMasterState, getChangedDocumentsSince, type RxCollection } from 'rxdb';
import type { RxReplicationState } from 'rxdb/plugins/replication';
import { filter, firstValueFrom } from 'rxjs';
import { documentOf, sameDocument, type UserDocument, type UserRow } from './document.ts';
import { nextTask } from './next_task.ts';
import type { Checkpoint } from './page_reader.ts';

const rowsAtOnce = 500;

/** The rows as RxDB's storage holds them, tombstones included, and what RxDB believes of them. */
export class LocalRows {
  readonly #collection: RxCollection<UserRow>;
  readonly #state: RxReplicationState<UserRow, Checkpoint>;

  constructor(collection: RxCollection<UserRow>, state: RxReplicationState<UserRow, Checkpoint>) {
    this.#collection = collection;
    this.#state = state;
  }

  /** Resolves when RxDB has noted the answer to the push that runs now. */
  async pushNoted(): Promise<void> {
    await this.#state.internalReplicationState?.streamQueue.up;
  }

  /** Resolves when RxDB has dealt with what was put into the live stream. */
  async streamApplied(): Promise<void> {
    await this.#state.internalReplicationState?.streamQueue.down;
  }

  /**
   * Resolves in a task of its own in which RxDB neither pushes nor applies anything: what it is given then, it
   * applies at once, because nothing else runs before it has taken it. Rejects when the replication has ended.
   */
  async quiet(): Promise<void> {
    const replication = this.#state.internalReplicationState;
    if (replication === undefined) return;
    const { events, streamQueue } = replication;
    for (;;) {
      // After a RESYNC it pushes without saying that it is active.
      const { up, down } = streamQueue;
      await Promise.all([up, down, firstValueFrom(events.active.up.pipe(filter((isActive) => !isActive)))]);
      await nextTask();
      if (streamQueue.up === up && streamQueue.down === down && !events.active.up.getValue()) return;
    }
  }

  /** The rows with these ids, by id. */
  async now(ids: readonly string[]): Promise<Map<string, UserDocument>> {
    if (ids.length === 0) return new Map();
    const rows = await this.#collection.storageInstance.findDocumentsById([...ids], true);
    return new Map(rows.map((row) => [row.id, documentOf(row)]));
  }

  /** Those of the documents that no row equals. */
  async missing(documents: readonly UserDocument[]): Promise<UserDocument[]> {
    if (documents.length === 0) return [];
    const found = await this.now(documents.map(({ id }) => id));
    return documents.filter((document) => {
      const row = found.get(document.id);
      return row === undefined || !sameDocument(row, document);
    });
  }

  /** What RxDB believes of each row that was ever pulled or pushed, by id. */
  async beliefs(): Promise<Map<string, UserDocument>> {
    const beliefs = new Map<string, UserDocument>();
    const internal = this.#state.internalReplicationState;
    if (internal === undefined) return beliefs;
    let checkpoint: unknown;
    for (;;) {
      const page = await getChangedDocumentsSince<UserRow, unknown>(this.#collection.storageInstance, rowsAtOnce, checkpoint);
      if (page.documents.length === 0) return beliefs;
      checkpoint = page.checkpoint;
      const assumed = await getAssumedMasterState(internal, page.documents.map(({ id }) => id));
      for (const [id, { docData }] of Object.entries(assumed)) beliefs.set(id, documentOf(docData));
    }
  }
}
