import type { TrustedHead, VerifiedVersion } from '../log_check/log_checker.ts';
import type { Part } from '../log_check/version_hash.ts';
import type { Verdict } from './use_verdicts.ts';

const marks: Readonly<Record<Verdict<unknown>['state'], string>> = {
  verified: '✓ verified by this browser',
  forged: '✗ does not verify',
  'other-log': '? another log',
  unable: '? not verifiable here',
  unasked: '? not checked',
};

const contentText: Readonly<Record<Part, string>> = {
  checked: 'Every field, the reason and the mutation’s id are what was committed: their hash was made anew here.',
  destroyed: 'The content was erased. Its hash stands in the log and shows that something was here; whose it was, nobody can prove any more.',
  unchecked: 'The content itself was not checked: its hash covers the documents of both sides of the conflict, which are not sent here.',
};

const actorText: Readonly<Record<Part, string>> = {
  checked: 'The actor is who was recorded then.',
  destroyed: 'The actor’s name was destroyed; its hash stands in the log.',
  unchecked: 'The actor was not checked.',
};

export function verdictMark({ state }: Verdict<unknown>): string {
  return marks[state];
}

/** What exactly was verified, one fact a line. */
export function verdictText({ head, content, actor, follows }: VerifiedVersion): string[] {
  return [
    contentText[content],
    actorText[actor],
    'Action, time, place and changed fields are what was committed.',
    ...(follows ? ['It follows the version that is shown before it: none was left out between them.'] : []),
    `It is in the log of ${head.size} versions, whose head is signed.`,
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
