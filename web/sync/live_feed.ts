import type { RxReplicationPullStreamItem } from 'rxdb';
import { Subject } from 'rxjs';
import type { CounterSet } from './counters.ts';
import type { UserRow } from './document.ts';
import { HandOver } from './hand_over.ts';
import type { LivePosition } from './live_position.ts';
import type { SequencedDocument } from './local_store.ts';
import type { OpenRows } from './open_rows.ts';
import type { Checkpoint, GivenCheckpoint } from './page_reader.ts';
import type { RowSequences } from './row_sequences.ts';
import type { LiveChange, TransportEvent } from './transport.ts';

export type StreamItem = RxReplicationPullStreamItem<UserRow, Checkpoint>;

/** How long a heartbeat may be ahead of us before we believe that something was lost. */
const patience = 2_000;
/** Many reasons to pull again, such as a burst with gaps, make one pull. */
const debounce = 100;
/** RxDB forgets a RESYNC that it takes up together with an event: it is repeated until a pull is asked. */
const resyncAgain = 1_000;

export interface LiveFeedParts {
  position: LivePosition;
  sequences: RowSequences;
  open: OpenRows;
  counters: CounterSet;
  given: GivenCheckpoint;
  /** Resolves in a task of its own in which RxDB neither pushes nor applies anything. */
  quiet: () => Promise<void>;
}

/** Turns what a transport tells into RxDB's live stream. */
export class LiveFeed {
  readonly stream$ = new Subject<StreamItem>();
  readonly #parts: LiveFeedParts;
  readonly #handOver: HandOver;
  /** Events are dealt with one after the other. */
  #queue: Promise<void> = Promise.resolve();
  #stopped = false;
  #isLost = false;
  #resyncTimer: ReturnType<typeof setTimeout> | undefined;
  #patienceTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: LiveFeedParts) {
    this.#parts = parts;
    this.#handOver = new HandOver({ ...parts, stream$: this.stream$ });
  }

  take(event: TransportEvent): void {
    if (this.#stopped) return;
    if (event.kind === 'subscribed') this.#subscribed();
    if (event.kind === 'lost') this.#lost();
    if (event.kind === 'heartbeat') this.#heartbeat(event.epoch, event.seq);
    if (event.kind === 'change') this.#change(event.change);
  }

  /** Puts documents into the stream without moving the checkpoint. Resolves when RxDB was given them. */
  tell(documents: readonly SequencedDocument[]): Promise<void> {
    return this.#handOver.give(documents);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#resyncTimer);
    clearTimeout(this.#patienceTimer);
    this.stream$.complete();
  }

  #subscribed(): void {
    this.#isLost = false;
    this.#parts.position.subscribed();
    this.#resyncSoon();
  }

  /** There is no pull without a connection; the next one begins with a pull. */
  #lost(): void {
    this.#isLost = true;
    clearTimeout(this.#resyncTimer);
    this.#resyncTimer = undefined;
  }

  #heartbeat(epoch: string, seq: number): void {
    const verdict = this.#parts.position.heartbeat(epoch, seq);
    if (verdict === 'resync') this.#resyncSoon();
    if (verdict === 'wait') this.#watchFor(seq);
  }

  /** Lost, unless it comes in time. */
  #watchFor(seq: number): void {
    this.#patienceTimer ??= setTimeout(() => {
      this.#patienceTimer = undefined;
      if (this.#parts.position.known < seq) this.#missed();
    }, patience);
  }

  #change(change: LiveChange): void {
    const { position } = this.#parts;
    const verdict = position.changed(change.epoch, change.seq);
    if (verdict === 'resync') this.#resyncSoon();
    if (verdict === 'apply') this.#queue = this.#queue.then(() => this.#apply(change)).catch(() => this.#missed());
  }

  /** A change could not be dealt with: as if it had never come. */
  #missed(): void {
    if (this.#stopped) return;
    this.#parts.position.lost();
    this.#resyncSoon();
  }

  async #apply({ document, seq, checkpoint }: LiveChange): Promise<void> {
    const { sequences, open, counters, given } = this.#parts;
    // An erased version has no content: the erase itself follows. Its place in the sequence is taken.
    const isNews = document !== null && !sequences.isOlder(document.id, seq);
    if (isNews) {
      sequences.note(document.id, seq);
      await open.keepLate([{ document, seq }]);
    }
    given.give({ checkpoint, seq });
    if (!isNews) return;
    counters.add('live');
    // Not waited for: what comes next must not wait before it is kept.
    this.#handOver.give([{ document, seq }]).catch(() => this.#missed());
  }

  #resyncSoon(): void {
    if (this.#stopped || this.#isLost) return;
    this.#resyncTimer ??= setTimeout(() => this.#resync(), debounce);
  }

  #resync(): void {
    this.#resyncTimer = undefined;
    // A pull that was asked meanwhile brings what was missed.
    if (!this.#parts.position.stale) return;
    this.#parts.counters.add('resyncs');
    this.#resyncTimer = setTimeout(() => this.#resync(), resyncAgain);
    this.stream$.next('RESYNC');
  }
}
