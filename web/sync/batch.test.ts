import { expect, test } from 'vitest';
import { batches, jsonBytes, mostMessageBytes } from './batch.ts';

test('a batch holds no more than its count', () => {
  expect(batches([1, 2, 3, 4, 5], 2, () => 1)).toEqual([[1, 2], [3, 4], [5]]);
});

test('a batch is less than 512 KiB, with everything around it', () => {
  const items = Array.from({ length: 40 }, (_, i) => ({ id: i, text: 'x'.repeat(60_000) }));
  const cut = batches(items, 1000, jsonBytes);
  expect(cut.flat()).toEqual(items);
  expect(cut.length).toBeLessThan(items.length / 7);
  for (const batch of cut) expect(jsonBytes(batch)).toBeLessThan(mostMessageBytes - 512);
});

test('sizes are bytes of UTF-8, not characters', () => {
  expect(jsonBytes('é')).toBe(4);
  expect(jsonBytes('😀')).toBe(6);
});

test('nothing makes no batch', () => {
  expect(batches([], 2, () => 1)).toEqual([]);
});

test('there is room for subject and headers', () => {
  const half = mostMessageBytes / 2 - 200;
  expect(batches([1, 2], 10, () => half)).toEqual([[1], [2]]);
  expect(batches([1, 2], 10, () => half - 400)).toEqual([[1, 2]]);
});
