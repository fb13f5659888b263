import { expect, test } from 'vitest';
import { explain } from './explain.ts';

test('an error says what to do next', () => {
  expect(explain(new Error('[unavailable] connection refused'))).toContain('./usersync up');
  expect(explain(new Error('/config.json: 404'))).toContain('Reload');
  expect(explain(new Error('request timeout'))).toContain('by itself');
});

test('who has no valid token is told what to do, not what the gateway says', () => {
  expect(explain(new Error('[unauthenticated] a token is needed: Authorization: Bearer'))).toMatch(/^The gateway wants a token.*Sign in/);
});

test('an error that nobody foresaw is shown as it is', () => {
  expect(explain('odd')).toBe('odd');
  expect(explain(new TypeError(''))).toBe('TypeError');
});
