import { shallowRef } from 'vue';
import { openGateway } from '../gateway.ts';
import { LogChecker, type TrustedHead } from '../log_check/log_checker.ts';
import { seenHeadsOf } from '../log_check/seen_heads.ts';
import { verdictOf, type Verdict } from '../log_check/verdict.ts';

/** Verifies the signed heads of the log that come with the feed, each once and one after the other. */
export function useHeardLog() {
  /** Of the newest one; null before one came. */
  const log = shallowRef<Verdict<TrustedHead> | null>(null);
  let checker: LogChecker | null = null;
  let newest = '';
  let checking: Promise<void> = Promise.resolve();

  async function open(): Promise<LogChecker> {
    const { url, log: calls } = await openGateway();
    return (checker ??= new LogChecker(calls, seenHeadsOf(url)));
  }

  async function check(note: string): Promise<void> {
    // A newer one waits already: it says more.
    if (note !== newest) return;
    log.value = await verdictOf(async () => (await open()).hear(note));
    // What could not be asked is asked again with the next heartbeat; what was found wrong may be put right by a person.
    if (log.value.state !== 'verified') newest = '';
  }

  function hear(note: string): void {
    if (note === newest) return;
    newest = note;
    checking = checking.then(() => check(note));
  }

  return { log, hear };
}
