type Work = (lock: object | null) => Promise<void> | void;

/** The browser's locks, as far as tabs use them: Node has none. */
export class Locks {
  readonly #last = new Map<string, Promise<void>>();

  async request(name: string, options: { signal?: AbortSignal; ifAvailable?: boolean }, work: Work): Promise<void> {
    const before = this.#last.get(name);
    if (before !== undefined && options.ifAvailable === true) return work(null);
    const { signal } = options;
    const turn = (async () => {
      await before;
      signal?.throwIfAborted();
      await work({});
    })();
    const over = turn.catch(() => undefined);
    this.#last.set(name, over);
    void over.then(() => this.#last.get(name) === over && this.#last.delete(name));
    if (signal === undefined || before === undefined) return turn;
    const aborted = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
    // A lock that is held is not taken away by the signal.
    return Promise.race([aborted, before]).then(() => turn);
  }
}
