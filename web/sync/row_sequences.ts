/** The sequence of the newest state of each row that was given to RxDB, for as long as a replication runs. */
export class RowSequences {
  readonly #seqs = new Map<string, number>();

  note(id: string, seq: number): void {
    if (!this.isOlder(id, seq)) this.#seqs.set(id, seq);
  }

  /** Whether the row has a newer state than that of `seq`. */
  isOlder(id: string, seq: number): boolean {
    return seq < (this.#seqs.get(id) ?? 0);
  }
}
