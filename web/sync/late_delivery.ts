import { unlessCancelled } from './cancel.ts';
import type { CounterSet } from './counters.ts';
import type { Link } from './link.ts';
import type { LiveFeed } from './live_feed.ts';
import type { LocalRows } from './local_rows.ts';
import type { SequencedDocument } from './local_store.ts';
import type { OpenRow, OpenRows } from './open_rows.ts';
import type { PushedRow } from './push_result.ts';

const pause = 50;
/** Then the row cannot be written at all, for instance because the schema forbids what came. */
const mostTellings = 200;

export interface LateDeliveryParts {
  open: OpenRows;
  feed: LiveFeed;
  rows: LocalRows;
  link: Link;
  counters: CounterSet;
}

/** What a row should become: what came for it while its push ran, or else what the receipt said. */
function dueOf({ row, seq, told }: PushedRow): SequencedDocument | null {
  if (row.late !== null && row.late.seq > seq) return row.late;
  return told === null ? null : { document: told, seq };
}

/**
 * Tells RxDB, after a push, what it did not hear: the document of a merge, and whatever came for a row while
 * its push ran, which RxDB drops. It is put into the live stream, and because RxDB may drop that too (when it
 * asks for a page just then), again until the row holds it.
 */
export class LateDelivery {
  readonly #parts: LateDeliveryParts;

  constructor(parts: LateDeliveryParts) {
    this.#parts = parts;
  }

  /** Resolves when these rows hold what they should, or were edited again. Rejects with Cancelled. */
  async settle(pushed: readonly PushedRow[]): Promise<void> {
    const { open, rows, feed, link, counters } = this.#parts;
    // Until RxDB has noted the answer, it takes the row for one that was edited and drops what comes.
    await rows.pushNoted();
    let left = pushed;
    for (let tellings = 0; tellings < mostTellings; tellings += 1) {
      left = await this.#closeDelivered(left);
      if (left.length === 0) return;
      await unlessCancelled(feed.tell(left.map(dueOf).filter((due) => due !== null)), link.signal);
      await link.wait(pause);
      await rows.streamApplied();
    }
    counters.add('errors', left.length);
    await open.close(left.map(({ row }) => row));
  }

  /** Closes what needs no more. Returns the rest. */
  async #closeDelivered(pushed: readonly PushedRow[]): Promise<PushedRow[]> {
    const { open, rows } = this.#parts;
    const due = new Set(pushed.flatMap((one) => dueOf(one)?.document ?? []));
    const missing = new Set(await rows.missing([...due]));
    const isOver = (one: PushedRow): boolean => {
      const document = dueOf(one)?.document ?? null;
      // What came meanwhile was not looked at.
      const isThere = document === null || (due.has(document) && !missing.has(document));
      return isThere || !open.isNewest(one.row);
    };
    const over: OpenRow[] = [];
    const left: PushedRow[] = [];
    for (const one of pushed) {
      if (isOver(one)) over.push(one.row);
      else left.push(one);
    }
    await open.close(over);
    return left;
  }
}
