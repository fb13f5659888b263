import type { RxReplicationWriteToMasterRow } from 'rxdb';
import type { CounterSet } from './counters.ts';
import type { UserDocument, UserRow } from './document.ts';
import type { LocalStore, RefusedEdit } from './local_store.ts';
import type { Outcome, Receipt } from './mutation.ts';
import type { Ask, OpenRows } from './open_rows.ts';
import { planPush, type OtherHistory } from './push_plan.ts';
import { holdsInstead, judge, refuseAsTooLarge, type PushedRow } from './push_result.ts';
import type { RowSequences } from './row_sequences.ts';
import type { Sender } from './sender.ts';

export interface PusherParts {
  sender: Sender;
  open: OpenRows;
  store: LocalStore;
  sequences: RowSequences;
  counters: CounterSet;
  /** Waits for what the rows are compared with; null unless they come from an earlier generation. */
  otherHistory: () => Promise<OtherHistory | null>;
  /** The rows as they are now, by id. */
  rowsNow: (ids: readonly string[]) => Promise<ReadonlyMap<string, UserDocument>>;
  onRefused: (edit: RefusedEdit) => void;
  /** Called when rows were answered, before RxDB has noted it. */
  onPushed: (rows: readonly PushedRow[]) => void;
}

const counterOf = {
  APPLIED: 'applied',
  MERGED: 'merged',
  UNCHANGED: 'unchanged',
  CONFLICT: 'conflicts',
  INVALID: 'invalid',
  DENIED: 'denied',
} as const satisfies Record<Outcome, string>;

/** What RxDB calls to push rows. */
export class Pusher {
  readonly #parts: PusherParts;

  constructor(parts: PusherParts) {
    this.#parts = parts;
  }

  /**
   * Returns the documents that hold instead of those rows that were refused: RxDB hands each to the conflict
   * handler. Rejects only if the replication was stopped, or if what was refused could not be saved; then
   * RxDB asks again.
   */
  async push(rows: readonly RxReplicationWriteToMasterRow<UserRow>[]): Promise<UserDocument[]> {
    const history = await this.#parts.otherHistory();
    const edited = rows.filter(({ assumedMasterState }) => assumedMasterState !== undefined);
    const plan = planPush(rows, history, await this.#parts.rowsNow(edited.map(({ newDocumentState }) => newDocumentState.id)));
    const unsent = await this.#answerUnsent(plan.theirs, plan.tooLarge);
    return [...unsent, ...(await this.#send(plan.toSend))];
  }

  async #answerUnsent(theirs: readonly UserDocument[], tooLarge: readonly Ask[]): Promise<UserDocument[]> {
    const held = this.#parts.open.hold([...theirs, ...tooLarge].map(({ id }) => id));
    const refused = tooLarge.map(refuseAsTooLarge);
    await this.#keepRefused(refused);
    this.#parts.counters.add('invalid', refused.length);
    this.#parts.onPushed(held.map((row) => ({ row, seq: 0, told: null })));
    return [...theirs, ...refused.map(holdsInstead)];
  }

  async #send(asks: readonly Ask[]): Promise<UserDocument[]> {
    const rows = await this.#parts.open.draw(asks);
    const receipts = await this.#parts.sender.send(rows.flatMap(({ mutations }) => mutations));
    const results = rows.map((row) => judge(row, receipts));
    await this.#keepRefused(results.flatMap(({ refused }) => refused));
    for (const { pushed } of results) {
      pushed.row.answered = true;
      this.#parts.sequences.note(pushed.row.id, pushed.seq);
    }
    this.#count(receipts);
    this.#parts.onPushed(results.map(({ pushed }) => pushed));
    const conflicts = results.filter(({ conflict }) => conflict);
    return conflicts.flatMap(({ refused }) => refused.slice(-1).map(holdsInstead));
  }

  /** Before anything else happens to them, so that nothing that anybody wrote is lost. */
  async #keepRefused(edits: readonly RefusedEdit[]): Promise<void> {
    await this.#parts.store.saveRefused(edits);
    edits.forEach(this.#parts.onRefused);
  }

  #count(receipts: ReadonlyMap<string, Receipt>): void {
    for (const { outcome } of receipts.values()) this.#parts.counters.add(counterOf[outcome]);
  }
}
