import { currentLife, within, type Life } from './virtual_time.ts';

type Work = (lock: object | null) => Promise<void> | void;

interface Request {
  life: Life | undefined;
  grant: () => void;
}

/** The browser's locks, which are taken from pages that are gone. */
export class PageLocks {
  readonly #held = new Map<string, Request>();
  readonly #waiting = new Map<string, Request[]>();

  request(name: string, options: { signal?: AbortSignal; ifAvailable?: boolean }, work: Work): Promise<void> {
    return new Promise((resolve, reject) => {
      const life = currentLife();
      const run = async (): Promise<void> => {
        try {
          await work({});
        } finally {
          if (this.#held.get(name) === request) this.#release(name);
        }
      };
      const start = (): void => void run().then(resolve, reject);
      const request: Request = { life, grant: () => (life === undefined ? start() : within(life, start)) };
      if (!this.#held.has(name)) this.#give(name, request);
      else if (options.ifAvailable === true) void Promise.resolve(work(null)).then(resolve, reject);
      else {
        const waiting = this.#waiting.get(name) ?? [];
        this.#waiting.set(name, [...waiting, request]);
        options.signal?.addEventListener('abort', () => {
          // A lock that is held is not taken away by the signal.
          if (this.#drop(name, (one) => one === request)) reject(options.signal?.reason as Error);
        });
      }
    });
  }

  /** The page is gone. */
  end(life: Life): void {
    for (const name of [...this.#waiting.keys()]) this.#drop(name, (one) => one.life === life);
    for (const [name, request] of [...this.#held]) if (request.life === life) this.#release(name);
  }

  #give(name: string, request: Request): void {
    this.#held.set(name, request);
    request.grant();
  }

  #release(name: string): void {
    this.#held.delete(name);
    const [next, ...others] = this.#waiting.get(name) ?? [];
    this.#waiting.set(name, others);
    if (next !== undefined) this.#give(name, next);
  }

  #drop(name: string, isIt: (request: Request) => boolean): boolean {
    const waiting = this.#waiting.get(name) ?? [];
    const left = waiting.filter((request) => !isIt(request));
    this.#waiting.set(name, left);
    return left.length < waiting.length;
  }
}
