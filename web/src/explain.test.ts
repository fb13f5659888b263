import { expect, test } from 'vitest';
import { explain } from './explain.ts';

test('an error says what to do next', () => {
  expect(explain(new Error('[unavailable] connection refused'))).toContain('./usersync up');
  expect(explain(new Error('/config.json: 404'))).toContain('Reload');
  expect(explain(new Error('request timeout'))).toContain('by itself');
});

test('an error that nobody foresaw is shown as it is', () => {
  expect(explain('odd')).toBe('odd');
  expect(explain(new TypeError(''))).toBe('TypeError');
});
