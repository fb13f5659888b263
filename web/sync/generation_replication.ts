import type { RxCollection } from 'rxdb';
import { replicateRxCollection, type RxReplicationState } from 'rxdb/plugins/replication';
import { unlessCancelled } from './cancel.ts';
import type { CounterSet } from './counters.ts';
import type { UserDocument, UserRow } from './document.ts';
import { identifierOf, type Generation } from './generation.ts';
import { LateDelivery } from './late_delivery.ts';
import type { Link } from './link.ts';
import { LiveFeed } from './live_feed.ts';
import type { LivePosition } from './live_position.ts';
import { LocalRows } from './local_rows.ts';
import type { LocalStore, RefusedEdit } from './local_store.ts';
import type { OpenRows } from './open_rows.ts';
import { GivenCheckpoint, PageReader, type Checkpoint } from './page_reader.ts';
import type { OtherHistory } from './push_plan.ts';
import type { PushedRow } from './push_result.ts';
import { Pusher } from './pusher.ts';
import { RowSequences } from './row_sequences.ts';
import { Sender } from './sender.ts';
import { PullError, type Transport } from './transport.ts';

const retryTime = 1_000;

export interface GenerationParts {
  collection: RxCollection<UserRow>;
  transport: Transport;
  link: Link;
  position: LivePosition;
  store: LocalStore;
  /** Shared by all generations: a push of the one before may still be under way. */
  open: OpenRows;
  counters: CounterSet;
  /** Of the whole replication, without epoch and generation. */
  identifier: string;
  batchSize: number;
  onRefused: (edit: RefusedEdit) => void;
  /** The store's history does not hold our checkpoint. */
  onDivergence: () => void;
  /** The rows of the earlier generation were all compared. */
  onReconciled: () => Promise<void>;
}

/** RxDB's replication against one history of the store, as far as it is known by its epoch and our generation. */
export class GenerationReplication {
  readonly state: RxReplicationState<UserRow, Checkpoint>;
  readonly feed: LiveFeed;
  readonly rows: LocalRows;
  readonly #parts: GenerationParts;
  readonly #late: LateDelivery;
  #reconciling: boolean;
  readonly #ending = new AbortController();
  #otherHistory: Promise<OtherHistory> | null = null;

  constructor(parts: GenerationParts, generation: Generation) {
    const { transport, link, position, store, open, counters, collection } = parts;
    this.#parts = parts;
    this.#reconciling = generation.reconciling;
    const shared = { transport, link, position, counters, open, sequences: new RowSequences(), given: new GivenCheckpoint() };
    this.feed = new LiveFeed({ ...shared, quiet: () => this.rows.quiet() });
    const reader = new PageReader(shared);
    const pusher = new Pusher({
      ...shared,
      store,
      sender: new Sender(transport, link, counters, parts.batchSize),
      otherHistory: () => this.#history(),
      rowsNow: (ids) => this.rows.now(ids),
      onRefused: parts.onRefused,
      onPushed: (rows) => void this.#settle(rows),
    });
    this.state = replicateRxCollection<UserRow, Checkpoint>({
      collection,
      replicationIdentifier: identifierOf(parts.identifier, generation),
      retryTime,
      // Whoever calls has waited for it.
      waitForLeadership: false,
      autoStart: false,
      // RxDB would pause it in a tab that nobody sees, unless that is RxDB's leader: all others wait for ours.
      toggleOnDocumentVisible: false,
      pull: { batchSize: parts.batchSize, stream$: this.feed.stream$, handler: (from, limit) => this.#pull(reader, from, limit) },
      push: { batchSize: parts.batchSize, handler: (rows) => pusher.push(rows) },
    });
    this.rows = new LocalRows(collection, this.state);
    this.#late = new LateDelivery({ open, feed: this.feed, rows: this.rows, link, counters });
  }

  /** Begins. Resolves when everything was pulled and pushed once. */
  async start(): Promise<void> {
    const inherited = this.#parts.open.all;
    await this.state.start();
    await this.state.awaitInitialReplication();
    if (this.#reconciling) {
      this.#reconciling = false;
      this.#otherHistory = null;
      await this.#parts.onReconciled();
    }
    // What an earlier page left is answered by now, or its row needs no push any more.
    const left = inherited.filter((row) => !row.answered);
    await this.#settle(left.map((row) => ({ row, seq: 0, told: null })));
  }

  async stop(): Promise<void> {
    this.#end();
    await this.state.cancel();
  }

  /** Stops, and forgets what RxDB believed of this history. */
  async remove(): Promise<void> {
    this.#end();
    await this.state.remove();
  }

  #end(): void {
    this.#ending.abort();
    this.feed.stop();
  }

  async #pull(reader: PageReader, from: Checkpoint | undefined, limit: number) {
    try {
      return await reader.read(from, limit);
    } catch (error) {
      if (error instanceof PullError && error.isDivergence) this.#parts.onDivergence();
      throw error;
    }
  }

  async #settle(rows: readonly PushedRow[]): Promise<void> {
    const { link, open, counters } = this.#parts;
    try {
      await unlessCancelled(this.#late.settle(rows), this.#ending.signal);
    } catch {
      // The page that comes next goes on with it: the rows are still open in the local store.
      if (link.signal.aborted) return;
      // The next generation pulls everything and compares every row.
      if (this.#ending.signal.aborted) await open.close(rows.map(({ row }) => row));
      else counters.add('errors');
    }
  }

  /** Everything that the store holds, to compare the rows of an earlier generation with. Pulled once. */
  async #history(): Promise<OtherHistory | null> {
    if (!this.#reconciling) return null;
    this.#otherHistory ??= this.#readHistory();
    try {
      return await this.#otherHistory;
    } catch (error) {
      this.#otherHistory = null;
      throw error;
    }
  }

  async #readHistory(): Promise<OtherHistory> {
    const { transport, link, store, batchSize } = this.#parts;
    const documents = new Map<string, UserDocument>();
    let checkpoint: string | null = null;
    for (let more = true; more; ) {
      await link.connected();
      const page = await transport.pull(checkpoint, batchSize);
      for (const document of page.documents) documents.set(document.id, document);
      ({ checkpoint, more } = page);
    }
    return { documents, beliefs: await store.beliefs() };
  }
}
