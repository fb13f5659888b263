import { expect, test } from 'vitest';
import type { TrustedHead, VerifiedVersion } from '../log_check/log_checker.ts';
import { logText, verdictMark, verdictText } from './verdict_text.ts';

const head: TrustedHead = { origin: 'o', size: 9n, root: new Uint8Array(32), vkey: 'o+1+k', continues: 4n };
const whole: VerifiedVersion = { head, content: 'checked', actor: 'checked', follows: true };

test('only what was verified is said to be', () => {
  expect(verdictText(whole).join(' ')).toMatch(/Every field.*follows the version.*log of 9 versions/);
  expect(verdictText({ ...whole, follows: false }).join(' ')).not.toContain('follows');
  for (const part of ['destroyed', 'unchecked'] as const) expect(verdictText({ ...whole, content: part }).join(' ')).not.toContain('Every field');
  expect(verdictText({ ...whole, actor: 'destroyed' }).join(' ')).toContain('name was destroyed');
});

test('the log is told with its key, and with what it continues', () => {
  expect(logText(head).join(' ')).toMatch(/continues what this browser saw last, 4 versions.*o\+1\+k/);
  expect(logText({ ...head, continues: null }).join(' ')).toContain('for the first time');
});

test('only one mark is a check mark', () => {
  const states = ['verified', 'forged', 'other-log', 'unable', 'unasked'] as const;
  expect(states.filter((state) => verdictMark({ state, why: '', found: undefined }).startsWith('✓'))).toEqual(['verified']);
});
