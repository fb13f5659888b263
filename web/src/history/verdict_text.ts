import type { TrustedHead, VerifiedVersion } from '../log_check/log_checker.ts';
import type { Part } from '../log_check/version_hash.ts';
import type { Verdict } from '../log_check/verdict.ts';

/** What is said of a part, and whether it was verified. */
export interface Finding {
  isVerified: boolean;
  text: string;
}

const marks: Readonly<Record<Exclude<Verdict<unknown>['state'], 'verified'>, string>> = {
  forged: '✗ does not verify',
  'other-log': '? another log',
  unable: '? not verifiable here',
  unasked: '? not checked',
};

/** The check mark says no more than what holds. */
const verifiedMarks: Readonly<Record<Part, string>> = {
  checked: '✓ verified by this browser',
  destroyed: '✓ place in the log verified by this browser, content erased',
  unchecked: '✓ place in the log verified by this browser, content not',
};

const contentText: Readonly<Record<Part, string>> = {
  checked: 'Every field, the reason and the mutation’s id are what was committed: their hash was made anew here.',
  destroyed: 'The content was erased. Its hash stands in the log and shows that something was here; whose it was, nobody can prove any more.',
  unchecked: 'The content itself: its hash covers the whole documents of both sides of the conflict, which are not sent here.',
};

const actorText: Readonly<Record<Part, string>> = {
  checked: 'The actor is who was recorded then.',
  destroyed: 'The actor’s name was destroyed; its hash stands in the log.',
  unchecked: 'The actor.',
};

export function verdictMark(verdict: Verdict<VerifiedVersion>): string {
  return verdict.state === 'verified' ? verifiedMarks[verdict.found.content] : marks[verdict.state];
}

/** What exactly was verified, one fact a line. */
export function verdictText({ head, content, actor, follows }: VerifiedVersion): Finding[] {
  return [
    { isVerified: content === 'checked', text: contentText[content] },
    { isVerified: actor === 'checked', text: actorText[actor] },
    { isVerified: true, text: 'Action, time, place and changed fields are what was committed.' },
    ...(follows ? [{ isVerified: true, text: 'It follows the version that is shown before it: none was left out between them.' }] : []),
    { isVerified: true, text: `It is in the log of ${head.size} versions, whose head is signed.` },
  ];
}

/** What was verified of the log, one fact a line. */
export function logText({ origin, size, continues, vkey }: TrustedHead): string[] {
  return [
    `The log ${origin} holds ${size} versions, and its head is signed.`,
    continues === null
      ? 'This browser sees this log for the first time: from now on it notices if anything in it is changed.'
      : `It continues what this browser saw last, ${continues} versions: none of them was changed, left out or cut off.`,
    `The key, to be compared with the operator’s log.vkey: ${vkey}`,
  ];
}

/** All shown versions in one line; those without a verdict are being checked. */
export function summaryOf(verdicts: readonly (Verdict<VerifiedVersion> | null)[]): { state: 'verified' | 'forged' | 'open'; text: string } {
  const count = (state: Verdict<unknown>['state']): number => verdicts.filter((verdict) => verdict?.state === state).length;
  const said = `${count('verified')} of ${verdicts.length} shown versions verified by this browser`;
  if (count('forged') > 0) return { state: 'forged', text: `✗ ${said}, ${count('forged')} not what was committed` };
  return count('verified') === verdicts.length ? { state: 'verified', text: `✓ ${said}` } : { state: 'open', text: `… ${said}` };
}
