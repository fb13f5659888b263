import type { Client } from '@connectrpc/connect';
import type { LogService } from '@usersync/sync/generated/users/v1/log_service_pb';
import type { Version } from '@usersync/sync/generated/users/v1/version_pb';
import { sameBytes } from './bytes.ts';
import { isContinued, rootOfPath } from './merkle.ts';
import { NotVerified } from './not_verified.ts';
import type { SeenHead, SeenHeads } from './seen_heads.ts';
import { openHead, type LogHead } from './signed_head.ts';
import { hashVersion, type Part } from './version_hash.ts';

export type LogCalls = Pick<Client<typeof LogService>, 'getLogHead' | 'proveInclusion' | 'proveConsistency'>;

/** A head of the log that is signed, and continues what this browser has seen before. */
export interface TrustedHead extends LogHead {
  vkey: string;
  /** How many versions the log held when this browser last saw it. Null the first time. */
  continues: bigint | null;
}

/** What was verified of a version. */
export interface VerifiedVersion {
  head: TrustedHead;
  content: Part;
  actor: Part;
  /** Whether it names the version before, which was there to be compared, as the one that it follows. */
  follows: boolean;
}

/**
 * Verifies versions against the store's log, trusting nobody's word but the key's. Everything
 * throws NotVerified if something does not hold, and what the calls throw.
 */
export class LogChecker {
  readonly #log: LogCalls;
  readonly #seen: SeenHeads;
  #head: Promise<TrustedHead> | null = null;

  constructor(log: LogCalls, seen: SeenHeads) {
    this.#log = log;
    this.#seen = seen;
  }

  /** The head that versions are verified against: one that holds at least `size` versions. */
  async head(size = 0n): Promise<TrustedHead> {
    const reading = (this.#head ??= this.#readHead());
    const known = await reading;
    if (known.size >= size) return known;
    if (this.#head === reading) this.#head = null;
    const newer = await (this.#head ??= this.#readHead());
    if (newer.size >= size) return newer;
    throw new NotVerified('forged', `It is number ${size}, and the log holds only ${newer.size} versions.`);
  }

  /** Reads the head anew when it is asked for next. */
  forgetHead(): void {
    this.#head = null;
  }

  /**
   * Verifies a head that came unasked, as with the feed: it is signed, and of one log with what this browser has
   * seen. It may be a little older than that: another store, or another tab, may have been ahead.
   */
  async hear(note: string): Promise<TrustedHead> {
    const seen = this.#seen.read();
    const told = seen === null ? null : await openHead(note, seen.vkey).catch(() => null);
    // Nothing to compare it with, or cut, or not of the log that is known: what the store says when asked decides.
    if (seen === null || told === null || told.size < sizeOf(seen)) return this.#hearAgainstHead(note);
    const earlier = await openHead(seen.note, seen.vkey);
    await this.#checkContinues(earlier, told);
    this.#remember({ vkey: seen.vkey, note }, told);
    return { ...told, vkey: seen.vkey, continues: earlier.size };
  }

  async #hearAgainstHead(note: string): Promise<TrustedHead> {
    this.forgetHead();
    const head = await this.head();
    const told = await openHead(note, head.vkey);
    if (told.size > head.size) await this.#checkContinues(head, told);
    else await this.#checkContinues(told, head);
    return head;
  }

  /** Takes the log that the store shows now for the right one. */
  async trustAnew(): Promise<void> {
    const { logCheckpoint: note, verifierKey: vkey } = await this.#log.getLogHead({});
    await openHead(note, vkey);
    this.#seen.write({ vkey, note });
    this.forgetHead();
  }

  /** Verifies a version of a user; `before` is the version before it, if that is there. */
  async check(userId: string, version: Version, before: Version | null): Promise<VerifiedVersion> {
    const { hash, content, actor } = await hashVersion(userId, version);
    const earlier = before?.proof;
    if (earlier !== undefined && !sameBytes(earlier.hash, version.proof?.previousHash ?? hash)) {
      throw new NotVerified('forged', 'It does not follow the version that is shown before it.');
    }
    const head = await this.head(version.sequence);
    await this.#checkInclusion(version.sequence, hash, head);
    return { head, content, actor, follows: earlier !== undefined };
  }

  async #checkInclusion(sequence: bigint, hash: Uint8Array, { size, root }: LogHead): Promise<void> {
    const { path } = await this.#log.proveInclusion({ sequence, size });
    const found = await rootOfPath(sequence - 1n, size, hash, path);
    if (found === null || !sameBytes(found, root)) throw new NotVerified('forged', 'It is not in the log.');
  }

  async #readHead(): Promise<TrustedHead> {
    try {
      return await this.#readTrustedHead();
    } catch (error) {
      this.forgetHead();
      throw error;
    }
  }

  async #readTrustedHead(): Promise<TrustedHead> {
    // Before the head is asked for: another tab may see a newer one meanwhile.
    const seen = this.#seen.read();
    const { logCheckpoint: note, verifierKey: vkey } = await this.#log.getLogHead({});
    if (note === '' || vkey === '') throw unsigned(seen);
    const head = await openHead(note, vkey);
    const earlier = seen === null ? null : await openSeen(seen, vkey);
    if (earlier !== null) await this.#checkContinues(earlier, head);
    this.#remember({ vkey, note }, head);
    return { ...head, vkey, continues: earlier?.size ?? null };
  }

  async #checkContinues(earlier: LogHead, head: LogHead): Promise<void> {
    if (head.size < earlier.size) {
      throw new NotVerified('forged', `The log was cut: it had ${earlier.size} versions when this browser last saw it, and has ${head.size}.`);
    }
    const { path } = await this.#log.proveConsistency({ fromSize: earlier.size, toSize: head.size });
    if (!(await isContinued(earlier, head, path))) {
      throw new NotVerified('forged', `The log was rewritten: its first ${earlier.size} versions are not those that this browser has seen.`);
    }
  }

  /** Unless another tab has seen a newer one. */
  #remember(head: SeenHead, { size }: LogHead): void {
    const seen = this.#seen.read();
    if (seen === null || sizeOf(seen) <= size) this.#seen.write(head);
  }
}

function sizeOf({ note }: SeenHead): bigint {
  return BigInt(note.split('\n')[1] ?? '0');
}

async function openSeen(seen: SeenHead, vkey: string): Promise<LogHead> {
  if (seen.vkey !== vkey) {
    throw new NotVerified('other-log', `The store shows another log than before, or another key: it was ${seen.vkey}, and is ${vkey}.`);
  }
  return openHead(seen.note, seen.vkey);
}

function unsigned(seen: SeenHead | null): NotVerified {
  return seen === null
    ? new NotVerified('unable', 'The store does not sign its log, or does not say with which key.')
    : new NotVerified('forged', 'The store has signed its log before, and does not any more: it was cut or rewritten, or the key is gone.');
}
