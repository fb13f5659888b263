import type { Version } from '@usersync/sync/generated/users/v1/version_pb';
import { shallowRef, watch, type Ref } from 'vue';
import { openGateway } from '../gateway.ts';
import { LogChecker, type TrustedHead, type VerifiedVersion } from '../log_check/log_checker.ts';
import { seenHeadsOf } from '../log_check/seen_heads.ts';
import { verdictOf, type Verdict } from '../log_check/verdict.ts';
import { useRetry } from '../use_retry.ts';

/** Once more if the version before has come, which it must follow. */
function isDone(verdict: Verdict<VerifiedVersion> | undefined, before: Version | null): boolean {
  return verdict?.state === 'verified' && (verdict.found.follows || before === null);
}

/** Verifies the versions that are shown, one after the other, against the signed log. */
export function useVerdicts(userId: string, versions: Readonly<Ref<readonly Version[]>>) {
  /** By the number of the version. Those that are missing are being checked. */
  const verdicts = shallowRef<ReadonlyMap<number, Verdict<VerifiedVersion>>>(new Map());
  /** Null until it is known. */
  const log = shallowRef<Verdict<TrustedHead> | null>(null);
  let checker: LogChecker | null = null;
  let working: Promise<void> = Promise.resolve();
  const retry = useRetry();

  async function open(): Promise<LogChecker> {
    const { url, log: calls } = await openGateway();
    return (checker ??= new LogChecker(calls, seenHeadsOf(url)));
  }

  async function checkLog(): Promise<boolean> {
    log.value = await verdictOf(async () => (await open()).head());
    return log.value.state === 'verified';
  }

  async function checkVersions(): Promise<void> {
    if (!(await checkLog())) return;
    const opened = await open();
    for (const [index, version] of versions.value.entries()) {
      const before = versions.value[index + 1] ?? null;
      if (isDone(verdicts.value.get(version.version), before)) continue;
      const verdict = await verdictOf(() => opened.check(userId, version, before));
      verdicts.value = new Map(verdicts.value).set(version.version, verdict);
    }
    await checkLog();
  }

  async function checkAll(): Promise<void> {
    retry.cancel();
    await checkVersions();
    const isOpen = [log.value, ...verdicts.value.values()].some((verdict) => verdict?.state === 'unasked');
    if (isOpen) retry.later(check);
  }

  function check(): void {
    working = working.then(checkAll);
  }

  /** A person says that the log which the store shows now is the right one. */
  async function trustAnew(): Promise<void> {
    const verdict = await verdictOf(async () => (await open()).trustAnew());
    if (verdict.state === 'verified') check();
    else log.value = verdict;
  }

  watch(versions, check);

  return { verdicts, log, check, trustAnew };
}
