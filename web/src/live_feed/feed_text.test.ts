import { expect, test } from 'vitest';
import { durationText, heardText, totalText } from './feed_text.ts';

test('durations are as exact as they are worth', () => {
  const texts = [0, 0.04, 9.94, 12.4, 999.4, 1_000, 61_000, 3_599_000].map(durationText);
  expect(texts).toEqual(['0.0 ms', '0.0 ms', '9.9 ms', '12 ms', '999 ms', '1.0 s', '61.0 s', '60 min']);
  expect(durationText(null)).toBe('clocks differ');
});

test('a total needs all hops', () => {
  expect(totalText([])).toBe('read back, no times');
  expect(totalText([{ name: 'store', milliseconds: 2 }, { name: 'here', milliseconds: 3.5 }])).toBe('5.5 ms');
  expect(totalText([{ name: 'store', milliseconds: 2 }, { name: 'here', milliseconds: null }])).toBe('clocks differ');
});

test('of the signed log it is said what was found, and why', () => {
  const found = { origin: 'o', size: 7n, root: new Uint8Array(32), vkey: 'k', continues: null };
  expect(heardText({ state: 'verified', found })).toContain('7 versions verified by this browser');
  expect(heardText({ state: 'forged', why: 'It was cut.' })).toMatch(/does not verify: It was cut\.$/);
  expect(heardText(null)).toContain('has come yet');
});
