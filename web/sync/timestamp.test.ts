import { expect, test } from 'vitest';
import { isLater } from './timestamp.ts';

test('a fraction is later than none, however it is written', () => {
  expect(isLater('2024-01-01T00:00:00.1Z', '2024-01-01T00:00:00Z')).toBe(true);
  expect(isLater('2024-01-01T00:00:00.100Z', '2024-01-01T00:00:00.1Z')).toBe(false);
  expect(isLater('2024-01-01T00:00:00.000Z', '2024-01-01T00:00:00Z')).toBe(false);
  expect(isLater('2024-01-01T00:00:00.15Z', '2024-01-01T00:00:00.2Z')).toBe(false);
  expect(isLater('2024-01-01T00:00:01Z', '2024-01-01T00:00:00.999999Z')).toBe(true);
});
