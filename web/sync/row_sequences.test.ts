import { expect, test } from 'vitest';
import { RowSequences } from './row_sequences.ts';

test('what is older than the newest state of a row stays so, whatever comes after it', () => {
  const sequences = new RowSequences();
  expect(sequences.isOlder('u1', 1)).toBe(false);
  sequences.note('u1', 5);
  sequences.note('u1', 3);
  expect([4, 5].map((seq) => sequences.isOlder('u1', seq))).toEqual([true, false]);
  expect(sequences.isOlder('u2', 1)).toBe(false);
});
