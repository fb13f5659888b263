import type { Subject } from 'rxjs';
import type { UserDocument } from './document.ts';
import type { SequencedDocument } from './local_store.ts';
import type { GivenCheckpoint } from './page_reader.ts';
import type { RowSequences } from './row_sequences.ts';
import type { StreamItem } from './live_feed.ts';

export interface HandOverParts {
  stream$: Subject<StreamItem>;
  sequences: RowSequences;
  given: GivenCheckpoint;
  /** Resolves in a task of its own in which RxDB neither pushes nor applies anything. */
  quiet: () => Promise<void>;
}

/** The newest of each row. */
function newest(documents: readonly SequencedDocument[]): SequencedDocument[] {
  const byId = new Map<string, SequencedDocument>();
  for (const one of documents) if (one.seq >= (byId.get(one.document.id)?.seq ?? 0)) byId.set(one.document.id, one);
  return [...byId.values()];
}

/**
 * Gives RxDB what came live, at moments when it applies it at once. RxDB itself would let it wait while a push
 * or a pull runs, and then apply it though a receipt or a page has brought something newer meanwhile: where that
 * was the row's last change, the row stayed old for ever.
 */
export class HandOver {
  readonly #parts: HandOverParts;
  #waiting: SequencedDocument[] = [];
  #running: Promise<void> | null = null;

  constructor(parts: HandOverParts) {
    this.#parts = parts;
  }

  /** Resolves when RxDB was given them, but for those that are old by then. */
  give(documents: readonly SequencedDocument[]): Promise<void> {
    this.#waiting.push(...documents);
    this.#running ??= this.#run();
    return this.#running;
  }

  async #run(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        await this.#parts.quiet();
        this.#next(this.#takeNews());
      }
    } finally {
      this.#running = null;
    }
  }

  #takeNews(): UserDocument[] {
    const { sequences } = this.#parts;
    return newest(this.#waiting.splice(0))
      .filter(({ document, seq }) => !sequences.isOlder(document.id, seq))
      .map(({ document }) => document);
  }

  #next(documents: UserDocument[]): void {
    const checkpoint = this.#parts.given.furthest;
    if (documents.length > 0 && checkpoint !== null) this.#parts.stream$.next({ documents, checkpoint });
  }
}
