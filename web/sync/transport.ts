import type { Observable } from 'rxjs';
import type { UserDocument } from './document.ts';
import type { Mutation, Receipt } from './mutation.ts';

/** The latest state of documents that changed after a checkpoint. */
export interface Page {
  documents: UserDocument[];
  /** The sequence of each document's last change. */
  seqs: number[];
  /** Names everything up to and including this page; null while there is nothing at all. */
  checkpoint: string | null;
  /** Only this says whether there is more, never the length of the page. */
  more: boolean;
}

/** A committed change. */
export interface LiveChange {
  epoch: string;
  seq: number;
  checkpoint: string;
  /** null if its content was erased. */
  document: UserDocument | null;
}

/** What a transport tells by itself. */
export type TransportEvent =
  /** From now on every change is told, until the connection is lost. */
  | { kind: 'subscribed' }
  | { kind: 'lost' }
  | { kind: 'change'; change: LiveChange }
  /** The newest sequence there is. */
  | { kind: 'heartbeat'; epoch: string; seq: number }
  | { kind: 'error'; error: Error };

/** A way to the store. It reconnects for ever by itself. */
export interface Transport {
  /** What to call it. */
  readonly name: string;
  /** Hot. */
  readonly events$: Observable<TransportEvent>;
  /** Begins to connect and to tell events. */
  start(): void;
  /** Rejects with a PullError if the store refuses, and with any error if it cannot be reached. */
  pull(checkpoint: string | null, limit: number): Promise<Page>;
  /**
   * Sends mutations as one message. Resolves with the receipts that came before it gave up, which may be
   * none; asking again with the same ids has no second effect.
   */
  push(mutations: readonly Mutation[]): Promise<Receipt[]>;
  /** Closes what it opened. */
  close(): Promise<void>;
}

/** The store refuses to answer a pull. */
export class PullError extends Error {
  readonly reason: string;

  constructor(reason: string, message: string) {
    super(`${reason}: ${message}`);
    this.name = 'PullError';
    this.reason = reason;
  }

  /** Whether the checkpoint belongs to another history than the store's: start again without one. */
  get isDivergence(): boolean {
    return this.reason === 'CHECKPOINT_DIVERGED' || this.reason === 'TOKEN_MALFORMED';
  }
}

/** How long an answer may take before the same is asked again. */
export const answerTimeout = 10_000;
