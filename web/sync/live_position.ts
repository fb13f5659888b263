/**
 * What becomes of a live event: `apply` it; `wait`, because a pull that is still to be asked covers it;
 * or `resync`, because something is missing.
 */
export type Verdict = 'apply' | 'wait' | 'resync';

/**
 * Where the live stream stands in the store's one dense sequence, and whether it can be trusted. Knows
 * no clock and no network.
 *
 * A pull reads the primary, and a change is broadcast only after it was committed. So whatever was missed
 * before a pull is *asked* is in its answer: from then on the stream is trusted again.
 */
export class LivePosition {
  #epoch: string | null;
  /** The last sequence that came live; null since the last subscription began. */
  #live: number | null = null;
  /** Everything up to here came by pull. */
  #pulled = 0;
  /** Something was missed, and no pull was asked since. */
  #stale = true;
  /** What was known when a heartbeat came that was behind it; null if the last one was not. */
  #ahead: number | null = null;

  constructor(epoch: string | null) {
    this.#epoch = epoch;
  }

  /** The database that the newest event came from; null if none was seen. */
  get epoch(): string | null {
    return this.#epoch;
  }

  get stale(): boolean {
    return this.#stale;
  }

  /** Everything up to here is known. */
  get known(): number {
    return Math.max(this.#live ?? 0, this.#pulled);
  }

  /** A subscription begins: nobody knows what passed before it. */
  subscribed(): void {
    this.#live = null;
    this.#ahead = null;
    this.#stale = true;
  }

  /** A pull is asked. */
  pullAsked(): void {
    this.#stale = false;
  }

  /** A page of a pull brought everything up to `sequence`. */
  pulledUpTo(sequence: number): void {
    this.#pulled = Math.max(this.#pulled, sequence);
  }

  /** A change came live. */
  changed(epoch: string, sequence: number): Verdict {
    const missed = this.#isOther(epoch) || this.#isRepeated(sequence) || sequence > this.known + 1;
    this.#epoch = epoch;
    this.#live = sequence;
    if (missed) {
      this.#stale = true;
      return 'resync';
    }
    return this.#stale ? 'wait' : 'apply';
  }

  /**
   * A heartbeat came. `wait` means that it is ahead of what is known. One that is behind may have been overtaken; if the
   * next one still is, the database was put back to an older copy.
   */
  heartbeat(epoch: string, sequence: number): Verdict {
    const wentBack = this.#ahead !== null && sequence < this.#ahead;
    this.#ahead = sequence < this.known && !wentBack ? this.known : null;
    const other = this.#isOther(epoch);
    this.#epoch = epoch;
    if (other || wentBack) {
      this.#stale = true;
      return 'resync';
    }
    return sequence > this.known ? 'wait' : 'apply';
  }

  /** A heartbeat was ahead for too long. */
  lost(): void {
    this.#stale = true;
  }

  #isOther(epoch: string): boolean {
    return this.#epoch !== null && this.#epoch !== epoch;
  }

  /**
   * A pull may be ahead of the stream; but the stream itself never says the same twice. What it says first may be what a
   * pull brought already, or the history of a database that was put back: one more pull tells.
   */
  #isRepeated(sequence: number): boolean {
    return sequence <= (this.#live ?? this.#pulled);
  }
}
