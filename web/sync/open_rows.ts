import { sameDocument, type UserDocument } from './document.ts';
import type { LocalStore, PendingEdit, SequencedDocument } from './local_store.ts';
import type { Mutation } from './mutation.ts';

/** An edit of a row that is about to be sent. */
export interface Ask {
  id: string;
  document: UserDocument;
  assumed: UserDocument | null;
}

/** A row whose edit is under way. */
export interface OpenRow extends PendingEdit {
  /** All its mutations have their receipts: what remains is to tell RxDB. */
  answered: boolean;
}

/** Whether these mutations are what is asked for: from the same belief to the same document. */
function answers(mutations: readonly Mutation[], ask: Ask): boolean {
  const [first, last] = [mutations[0], mutations.at(-1)];
  if (first === undefined || last === undefined || !sameDocument(last.document, ask.document)) return false;
  if (first.assumed === null || ask.assumed === null) return first.assumed === ask.assumed;
  return sameDocument(first.assumed, ask.assumed);
}

/** What the store keeps of a row. */
function kept({ id, mutations, late }: OpenRow): PendingEdit {
  return { id, mutations, late };
}

/**
 * The rows whose edits are under way. RxDB drops what comes for such a row, counting on the answer to its
 * push; but the answer may be older than what came. So it is kept here, and put into the live stream once the
 * push is over. What must survive the page lies in the local store.
 */
export class OpenRows {
  readonly #store: LocalStore;
  readonly #rows = new Map<string, OpenRow>();
  /** Ids of the rows that the store keeps. */
  readonly #kept = new Set<string>();
  /** Writes to the store, one after the other: an older one must not land on a newer. */
  #writing: Promise<void> = Promise.resolve();

  private constructor(store: LocalStore) {
    this.#store = store;
  }

  /** With what an earlier page, or another tab, left behind. */
  static async load(store: LocalStore): Promise<OpenRows> {
    const open = new OpenRows(store);
    for (const edit of await store.pending()) {
      open.#rows.set(edit.id, { ...edit, answered: false });
      open.#kept.add(edit.id);
    }
    return open;
  }

  get all(): OpenRow[] {
    return [...this.#rows.values()];
  }

  /** Whether this is what is under way of its row, and not an edit that came later. */
  isNewest(row: OpenRow): boolean {
    return this.#rows.get(row.id) === row;
  }

  /** Opens rows that are answered without being sent. */
  hold(ids: readonly string[]): OpenRow[] {
    return ids.map((id) => this.#open(id, []));
  }

  /**
   * Opens rows, with the mutations to send. The same document with the same belief is the same mutation,
   * also after the page was closed. If the row was sent before and changed since, nobody knows what became
   * of the first: it is sent once more, and the newer edit builds upon it; otherwise an author could be in
   * conflict with himself.
   */
  async draw(asks: readonly Ask[]): Promise<OpenRow[]> {
    const fresh: OpenRow[] = [];
    const rows = asks.map((ask) => {
      const { id, document, assumed } = ask;
      const known = this.#rows.get(id);
      const before = known === undefined || known.answered ? [] : known.mutations;
      if (known !== undefined && answers(before, ask)) return known;
      const mutation_id = crypto.randomUUID();
      const row = this.#open(id, [...before, { mutation_id, document, assumed: before.at(-1)?.document ?? assumed }]);
      fresh.push(row);
      return row;
    });
    await this.#save(fresh);
    return rows;
  }

  /** Keeps those documents that came for an open row. */
  async keepLate(documents: readonly SequencedDocument[]): Promise<void> {
    const changed: OpenRow[] = [];
    for (const one of documents) {
      const row = this.#rows.get(one.document.id);
      if (row === undefined || (row.late !== null && row.late.seq >= one.seq)) continue;
      row.late = one;
      if (row.mutations.length > 0) changed.push(row);
    }
    await this.#save(changed);
  }

  /** These are over, unless their rows were edited again. */
  async close(rows: readonly OpenRow[]): Promise<void> {
    const over = rows.filter((row) => this.isNewest(row));
    for (const { id } of over) this.#rows.delete(id);
    // Also what was sent of a row before it was held.
    const stored = over.map(({ id }) => id).filter((id) => this.#kept.delete(id));
    // A row that is opened again meanwhile is kept after this.
    await this.#write(() => this.#store.dropPending(stored));
  }

  #save(rows: readonly OpenRow[]): Promise<void> {
    for (const { id } of rows) this.#kept.add(id);
    return this.#write(() => this.#store.savePending(rows.filter((row) => this.isNewest(row)).map(kept)));
  }

  #write(work: () => Promise<void>): Promise<void> {
    const written = this.#writing.then(work);
    this.#writing = written.catch(() => undefined);
    return written;
  }

  #open(id: string, mutations: Mutation[]): OpenRow {
    const row: OpenRow = { id, mutations, late: this.#rows.get(id)?.late ?? null, answered: false };
    this.#rows.set(id, row);
    return row;
  }
}
