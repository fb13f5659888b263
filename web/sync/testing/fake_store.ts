import { Subject } from 'rxjs';
import { sameDocument, type UserDocument } from '../document.ts';
import { isSaved, type Mutation, type Receipt } from '../mutation.ts';
import { PullError, type LiveChange, type Page, type Transport, type TransportEvent } from '../transport.ts';
import { decide } from './decide.ts';

interface Change {
  checkpoint: string;
  document: UserDocument;
}

/** The store in memory: one sequence, receipts, checkpoints that prove which history they are of. */
export class FakeStore {
  epoch = 'epoch-1';
  #changes: Change[] = [];
  readonly #ledger = new Map<string, Receipt>();
  readonly #transports: FakeTransport[] = [];
  /** A judge that may refuse a mutation before the documents are looked at. */
  judge: (mutation: Mutation) => Partial<Receipt> | null = () => null;

  get head(): number {
    return this.#changes.length;
  }

  connect(): FakeTransport {
    const transport = new FakeTransport(this);
    this.#transports.push(transport);
    return transport;
  }

  documentOf(id: string): UserDocument | null {
    return this.#changes.findLast(({ document }) => document.id === id)?.document ?? null;
  }

  /** Somebody else writes. */
  commit(document: UserDocument): LiveChange {
    this.#changes.push({ checkpoint: crypto.randomUUID(), document });
    const change = this.changeAt(this.head);
    for (const transport of this.#transports) transport.broadcast(change);
    return change;
  }

  changeAt(seq: number): LiveChange {
    const change = this.#changes[seq - 1];
    if (change === undefined) throw new Error(`there is no change ${seq}`);
    return { epoch: this.epoch, seq, ...change };
  }

  /** Puts the store back to an older copy. */
  restore(head: number): void {
    this.#changes = this.#changes.slice(0, head);
  }

  write(mutation: Mutation): Receipt {
    const before = this.#ledger.get(mutation.mutation_id);
    if (before !== undefined) return before;
    const current = this.documentOf(mutation.document.id);
    const judged = this.judge(mutation);
    const { mutation_id } = mutation;
    const receipt: Receipt =
      judged === null
        ? decide(mutation, current)
        : { mutation_id, outcome: 'INVALID', conflicts: [], violations: [], ...(current === null ? {} : { document: current }), ...judged };
    const told = isSaved(receipt.outcome) ? this.#commitReceipt(receipt, mutation) : receipt;
    this.#ledger.set(mutation_id, told);
    return told;
  }

  read(checkpoint: string | null, limit: number): Page {
    const after = checkpoint === null ? 0 : this.#changes.findIndex((change) => change.checkpoint === checkpoint) + 1;
    if (checkpoint !== null && after === 0) throw new PullError('CHECKPOINT_DIVERGED', 'another history');
    const newest = new Map<string, number>();
    this.#changes.forEach(({ document }, index) => newest.set(document.id, index + 1));
    const seqs = [...newest.values()].filter((seq) => seq > after).sort((a, b) => a - b);
    const page = seqs.slice(0, limit).map((seq) => this.changeAt(seq));
    return {
      documents: page.map(({ document }) => document as UserDocument),
      seqs: page.map(({ seq }) => seq),
      checkpoint: page.at(-1)?.checkpoint ?? checkpoint,
      more: seqs.length > limit,
    };
  }

  #commitReceipt(receipt: Receipt, { document: asked, mutation_id }: Mutation): Receipt {
    const { document, ...rest } = receipt;
    if (receipt.outcome === 'UNCHANGED') return { ...receipt, seq: this.#seqOf(asked.id) };
    const { seq } = this.commit(document ?? asked);
    const differs = document !== undefined && !sameDocument(document, asked);
    return { ...rest, mutation_id, seq, ...(differs ? { document } : {}) };
  }

  #seqOf(id: string): number {
    return this.#changes.findLastIndex(({ document }) => document.id === id) + 1;
  }
}

/** A way to a FakeStore that can be broken in every way that a test needs. */
export class FakeTransport implements Transport {
  readonly name = 'fake';
  readonly events$ = new Subject<TransportEvent>();
  /** What was sent, message by message, and what was pulled. */
  readonly pushes: (readonly Mutation[])[] = [];
  readonly pulls: { checkpoint: string | null; limit: number }[] = [];
  /** A page holds at most so many. */
  pageSize = Infinity;
  /** Broadcasts are lost. */
  muted = false;
  /** So many messages are committed, and their receipts lost. */
  receiptsToLose = 0;
  /** Waited for after the commit, before the receipts. */
  beforeReceipts: () => Promise<void> = () => Promise.resolve();
  /** Waited for before a page is read. */
  beforePage: (checkpoint: string | null) => Promise<void> = () => Promise.resolve();
  /** Heartbeats come by themselves. */
  beats = false;
  closed = false;
  readonly #store: FakeStore;
  #online = false;

  constructor(store: FakeStore) {
    this.#store = store;
  }

  get sent(): Mutation[] {
    return this.pushes.flat();
  }

  start(): void {
    this.setOnline(true);
    const timer = setInterval(() => {
      if (this.closed) clearInterval(timer);
      else if (this.beats && this.#online) this.heartbeat();
    }, 100);
  }

  setOnline(online: boolean): void {
    this.#online = online;
    this.events$.next({ kind: online ? 'subscribed' : 'lost' });
  }

  broadcast(change: LiveChange): void {
    if (this.#online && !this.muted) this.events$.next({ kind: 'change', change });
  }

  heartbeat(): void {
    this.events$.next({ kind: 'heartbeat', epoch: this.#store.epoch, seq: this.#store.head });
  }

  async pull(checkpoint: string | null, limit: number): Promise<Page> {
    if (!this.#online) throw new Error('offline');
    this.pulls.push({ checkpoint, limit });
    await this.beforePage(checkpoint);
    return this.#store.read(checkpoint, Math.min(limit, this.pageSize));
  }

  async push(mutations: readonly Mutation[]): Promise<Receipt[]> {
    if (!this.#online) throw new Error('offline');
    this.pushes.push(mutations);
    const receipts = mutations.map((mutation) => this.#store.write(mutation));
    await this.beforeReceipts();
    if (this.receiptsToLose === 0) return receipts;
    this.receiptsToLose -= 1;
    return [];
  }

  async close(): Promise<void> {
    this.closed = true;
    this.#online = false;
  }
}
