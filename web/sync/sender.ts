import { batches, jsonBytes } from './batch.ts';
import { Cancelled, unlessCancelled } from './cancel.ts';
import type { CounterSet } from './counters.ts';
import type { Link } from './link.ts';
import type { Mutation, Receipt } from './mutation.ts';
import type { Transport } from './transport.ts';

/** Between two failures, so that a store that refuses at once is not asked without pause. */
const pauseAfterFailure = 1_000;

/** Sends mutations until each has its receipt. */
export class Sender {
  readonly #transport: Transport;
  readonly #link: Link;
  readonly #counters: CounterSet;
  readonly #mostCount: number;

  constructor(transport: Transport, link: Link, counters: CounterSet, mostCount: number) {
    this.#transport = transport;
    this.#link = link;
    this.#counters = counters;
    this.#mostCount = mostCount;
  }

  /** The receipts by mutation id. Rejects only with Cancelled. */
  async send(mutations: readonly Mutation[]): Promise<Map<string, Receipt>> {
    const receipts = new Map<string, Receipt>();
    // One after the other: an earlier mutation of a row must be decided before the next one.
    for (const batch of batches(mutations, this.#mostCount, jsonBytes)) {
      for (const receipt of await this.#sendBatch(batch)) receipts.set(receipt.mutation_id, receipt);
    }
    return receipts;
  }

  async #sendBatch(batch: readonly Mutation[]): Promise<Receipt[]> {
    const told: Receipt[] = [];
    let open = batch;
    for (let tries = 0; open.length > 0; tries += 1) {
      await this.#link.connected();
      if (tries > 0) this.#counters.add('retries');
      const receipts = await this.#tryBatch(open);
      told.push(...receipts);
      const answered = new Set(receipts.map(({ mutation_id }) => mutation_id));
      open = open.filter(({ mutation_id }) => !answered.has(mutation_id));
    }
    return told;
  }

  async #tryBatch(batch: readonly Mutation[]): Promise<Receipt[]> {
    try {
      return await unlessCancelled(this.#transport.push(batch), this.#link.signal);
    } catch (error) {
      if (error instanceof Cancelled) throw error;
      this.#counters.add('errors');
      await this.#link.wait(pauseAfterFailure);
      return [];
    }
  }
}
