import { unlessCancelled } from './cancel.ts';
import type { CounterSet } from './counters.ts';
import type { UserDocument } from './document.ts';
import type { Link } from './link.ts';
import type { LivePosition } from './live_position.ts';
import type { SequencedDocument } from './local_store.ts';
import type { OpenRows } from './open_rows.ts';
import type { RowSequences } from './row_sequences.ts';
import type { Page, Transport } from './transport.ts';

/** What RxDB keeps: how far it has read. An object, as RxDB wants it. */
export interface Checkpoint {
  checkpoint: string;
  /** The sequence of the last document up to there. */
  seq: number;
}

/** The furthest checkpoint that RxDB was given. */
export class GivenCheckpoint {
  #furthest: Checkpoint | null = null;

  get furthest(): Checkpoint | null {
    return this.#furthest;
  }

  give(checkpoint: Checkpoint): void {
    if (this.#furthest === null || checkpoint.seq >= this.#furthest.seq) this.#furthest = checkpoint;
  }
}

export interface PulledPage {
  documents: UserDocument[];
  /** undefined while there is nothing at all. */
  checkpoint: Checkpoint | undefined;
}

export interface PageReaderParts {
  transport: Transport;
  link: Link;
  position: LivePosition;
  sequences: RowSequences;
  open: OpenRows;
  counters: CounterSet;
  given: GivenCheckpoint;
}

/** The documents of a page with their sequences. */
export function sequenced({ documents, seqs }: Page): SequencedDocument[] {
  return documents.map((document, index) => ({ document, seq: seqs[index] ?? 0 }));
}

/**
 * What RxDB calls to pull. RxDB takes a page that is not full for the last one, while the store cuts pages by
 * size: so it is asked until the page is full or there is no more.
 */
export class PageReader {
  readonly #parts: PageReaderParts;

  constructor(parts: PageReaderParts) {
    this.#parts = parts;
  }

  async read(from: Checkpoint | undefined, limit: number): Promise<PulledPage> {
    const { transport, link, position, sequences, open, counters, given } = this.#parts;
    const found: SequencedDocument[] = [];
    let at = from;
    let more = true;
    if (from !== undefined) position.pulledUpTo(from.seq);
    while (more && found.length < limit) {
      await link.connected();
      position.pullAsked();
      const page = await unlessCancelled(transport.pull(at?.checkpoint ?? null, limit - found.length), link.signal);
      const documents = sequenced(page);
      found.push(...documents);
      more = page.more;
      const seq = page.seqs.at(-1) ?? at?.seq ?? 0;
      if (page.checkpoint !== null) at = { checkpoint: page.checkpoint, seq };
      position.pulledUpTo(seq);
    }
    for (const { document, seq } of found) sequences.note(document.id, seq);
    // Before RxDB has them: once it has noted the checkpoint, nobody would ask for them again.
    await open.keepLate(found.filter(({ document, seq }) => !sequences.isOlder(document.id, seq)));
    counters.add('pulled', found.length);
    if (at !== undefined) given.give(at);
    return { documents: found.map(({ document }) => document), checkpoint: at };
  }
}
