import { sameDocument, type UserDocument } from '../../document.ts';
import { isSaved, type Receipt, type Violation } from '../../mutation.ts';
import { PullError, type LiveChange, type Page } from '../../transport.ts';
import { decide, type Wish } from '../decide.ts';
import type { Random } from './random.ts';

/** A committed change. */
export interface Version {
  checkpoint: string;
  document: UserDocument;
  /** What the user was before. */
  before: UserDocument | null;
  /** Of which browser; null for a plain document, and for what the store did itself. */
  profile: string | null;
  mutation: string | null;
  at: number;
  /** Its content is gone. */
  erased: boolean;
  /** The browsers that were told of it. */
  readonly told: Set<string>;
}

/** A deletion of what the store did not have. */
export interface IdleDeletion {
  profile: string;
  document: UserDocument;
}

interface Answered {
  receipt: Receipt;
  /** The newest sequence when it was decided. */
  head: number;
}

interface Arrival {
  wish: Wish;
  profile: string | null;
  head: number;
}

export const invalidStatus = 'invalid';

function violation(field: string, reason: string): Violation {
  return { field, reason, description: reason };
}

/** The document that stays of an erased user. */
function placeholder({ id, created_at, updated_at }: UserDocument): UserDocument {
  return { id, email: `erased-${id}@erased.invalid`, status: 'erased', created_at, updated_at, _deleted: true };
}

/** The store: one sequence, its rules, a ledger, and a database that can be put back to an older copy. */
export class History {
  epoch = 'epoch-1';
  versions: Version[] = [];
  /** What was committed by databases that are no more. */
  readonly lost: Version[] = [];
  readonly erased = new Set<string>();
  readonly idle: IdleDeletion[] = [];
  /** Users whom an older copy did not have. */
  readonly gone = new Set<string>();
  #ledger = new Map<string, Answered>();
  #arrivals: Arrival[] = [];
  readonly #random: Random;
  readonly #now: () => number;
  readonly #onCommit: (change: LiveChange) => void;

  constructor(random: Random, now: () => number, onCommit: (change: LiveChange) => void) {
    this.#random = random;
    this.#now = now;
    this.#onCommit = onCommit;
  }

  get head(): number {
    return this.versions.length;
  }

  documentOf(id: string): UserDocument | null {
    return this.versions.findLast(({ document }) => document.id === id)?.document ?? null;
  }

  get documents(): Map<string, UserDocument> {
    return new Map(this.versions.map(({ document }) => [document.id, document]));
  }

  /** `profile` is null for somebody who has no browser. */
  write(wish: Wish, profile: string | null): Receipt {
    const before = this.#ledger.get(wish.mutation_id);
    if (before !== undefined) return before.receipt;
    this.#arrivals.push({ wish, profile, head: this.head });
    const { head } = this;
    const receipt = this.#decide(wish, profile);
    this.#ledger.set(wish.mutation_id, { receipt, head });
    return receipt;
  }

  erase(id: string): void {
    const current = this.documentOf(id);
    if (current === null) return;
    this.erased.add(id);
    for (const version of this.versions) if (version.document.id === id) version.erased = true;
    this.#commit(placeholder(current), null, null);
  }

  /**
   * Puts the database back to an older copy. Returns what arrived since: it is taken in again if the stream that it came
   * by has kept it.
   */
  restore(head: number): Arrival[] {
    const since = this.#arrivals.filter((arrival) => arrival.head >= head);
    this.#arrivals = this.#arrivals.filter((arrival) => arrival.head < head);
    this.#ledger = new Map([...this.#ledger].filter(([, answered]) => answered.head < head));
    const gone = this.versions.splice(head);
    this.lost.push(...gone);
    for (const { document } of gone) if (this.documentOf(document.id) === null) this.gone.add(document.id);
    for (const id of this.erased) if (this.documentOf(id)?.status !== 'erased') this.erase(id);
    return since;
  }

  /** Another database with the same users. */
  changeEpoch(epoch: string): void {
    this.epoch = epoch;
    for (const version of this.versions) version.checkpoint = this.#random.uuid();
  }

  changeAt(seq: number): LiveChange {
    const version = this.versions[seq - 1];
    if (version === undefined) throw new Error(`there is no change ${seq}`);
    const { checkpoint, document, erased } = version;
    return { epoch: this.epoch, seq, checkpoint, document: erased ? null : document };
  }

  read(checkpoint: string | null, limit: number): Page {
    const after = checkpoint === null ? 0 : this.versions.findIndex((version) => version.checkpoint === checkpoint) + 1;
    if (checkpoint !== null && after === 0) throw new PullError('CHECKPOINT_DIVERGED', 'another history');
    const newest = new Map<string, number>();
    this.versions.forEach(({ document }, index) => newest.set(document.id, index + 1));
    const seqs = [...newest.values()].filter((seq) => seq > after).sort((a, b) => a - b);
    const page = seqs.slice(0, limit);
    const documents = page.flatMap((seq) => this.versions[seq - 1]?.document ?? []);
    const last = this.versions[(page.at(-1) ?? 0) - 1]?.checkpoint;
    return { documents, seqs: page, checkpoint: last ?? checkpoint, more: seqs.length > limit };
  }

  /** To be called when a browser hears of these changes, and so of what was before them. */
  telling(seqs: readonly number[], profile: string): () => void {
    const told = seqs.flatMap((seq) => {
      const id = this.versions[seq - 1]?.document.id;
      return this.versions.slice(0, seq).filter(({ document }) => document.id === id);
    });
    return () => told.forEach((version) => version.told.add(profile));
  }

  #decide(wish: Wish, profile: string | null): Receipt {
    const { mutation_id, document } = wish;
    const current = this.documentOf(document.id);
    const refuse = (violations: Violation[]): Receipt => ({
      mutation_id,
      outcome: 'INVALID',
      conflicts: [],
      violations,
      ...(current === null ? {} : { document: current }),
    });
    const broken = document.status === invalidStatus ? [violation('status', 'STATUS_INVALID')] : [];
    if (this.erased.has(document.id)) broken.push(violation('id', 'USER_ERASED'));
    if (broken.length > 0) return refuse(broken);
    const receipt = decide(wish, current);
    if (!isSaved(receipt.outcome)) return receipt;
    if (current === null && document._deleted && profile !== null) this.idle.push({ profile, document });
    if (receipt.outcome === 'UNCHANGED') return { ...receipt, seq: this.#seqOf(document.id) };
    const { document: merged, ...rest } = receipt;
    const result = merged ?? document;
    if (this.#isTaken(result)) return refuse([violation('email', 'EMAIL_TAKEN')]);
    const seq = this.#commit(result, profile, mutation_id);
    return { ...rest, seq, ...(sameDocument(result, document) ? {} : { document: result }) };
  }

  #isTaken({ id, email, _deleted }: UserDocument): boolean {
    if (_deleted) return false;
    return [...this.documents.values()].some((other) => other.id !== id && !other._deleted && other.email === email);
  }

  #commit(document: UserDocument, profile: string | null, mutation: string | null): number {
    const before = this.documentOf(document.id);
    const checkpoint = this.#random.uuid();
    this.versions.push({ checkpoint, document, before, profile, mutation, at: this.#now(), erased: false, told: new Set() });
    this.#onCommit(this.changeAt(this.head));
    return this.head;
  }

  #seqOf(id: string): number {
    return this.versions.findLastIndex(({ document }) => document.id === id) + 1;
  }
}

export type { Arrival };
