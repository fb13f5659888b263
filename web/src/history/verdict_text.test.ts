import { expect, test } from 'vitest';
import type { TrustedHead, VerifiedVersion } from '../log_check/log_checker.ts';
import { logText, summaryOf, verdictMark, verdictText } from './verdict_text.ts';

const head: TrustedHead = { origin: 'o', size: 9n, root: new Uint8Array(32), vkey: 'o+1+k', continues: 4n };
const whole: VerifiedVersion = { head, content: 'checked', actor: 'checked', follows: true };

function texts(version: VerifiedVersion, isVerified: boolean): string {
  return verdictText(version).flatMap((finding) => (finding.isVerified === isVerified ? finding.text : [])).join(' ');
}

test('only what was verified is said to be', () => {
  expect(texts(whole, true)).toMatch(/Every field.*actor.*follows the version.*log of 9 versions/);
  expect(texts(whole, false)).toBe('');
  expect(texts({ ...whole, follows: false }, true)).not.toContain('follows');
  for (const part of ['destroyed', 'unchecked'] as const) {
    expect(texts({ ...whole, content: part }, false)).toContain('content');
    expect(texts({ ...whole, actor: part }, false)).toContain('actor');
  }
});

test('the log is told with its key, and with what it continues', () => {
  expect(logText(head).join(' ')).toMatch(/continues what this browser saw last, 4 versions.*o\+1\+k/);
  expect(logText({ ...head, continues: null }).join(' ')).toContain('for the first time');
});

test('a check mark says whether it is for the content, too', () => {
  expect(verdictMark({ state: 'verified', found: whole })).toBe('✓ verified by this browser');
  expect(verdictMark({ state: 'verified', found: { ...whole, content: 'destroyed' } })).toMatch(/^✓ place.*content erased$/);
  expect(verdictMark({ state: 'verified', found: { ...whole, content: 'unchecked' } })).toMatch(/^✓ place.*content not$/);
  for (const state of ['forged', 'other-log', 'unable', 'unasked'] as const) expect(verdictMark({ state, why: '' })).not.toContain('✓');
});

test('one version that does not verify outweighs all that do', () => {
  const verified = { state: 'verified', found: whole } as const;
  const forged = { state: 'forged', why: '' } as const;
  expect(summaryOf([verified, verified])).toEqual({ state: 'verified', text: '✓ 2 of 2 shown versions verified by this browser' });
  expect(summaryOf([verified, null])).toEqual({ state: 'open', text: '… 1 of 2 shown versions verified by this browser' });
  expect(summaryOf([verified, forged, verified])).toEqual({ state: 'forged', text: '✗ 2 of 3 shown versions verified by this browser, 1 not what was committed' });
});
