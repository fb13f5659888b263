import { expect, test } from 'vitest';
import { edited, newUser } from './user.ts';

const now = new Date('2024-01-01T00:00:00.000Z');

test('a new user has a UUID, both times, and no role that is empty', () => {
  const made = newUser({ email: 'a@example.com', status: 'active', role: '' }, now);
  expect(made.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
  expect(made).toEqual({
    id: made.id,
    email: 'a@example.com',
    status: 'active',
    created_at: '2024-01-01T00:00:00.000Z',
    updated_at: '2024-01-01T00:00:00.000Z',
  });
});

test('every edit sets updated_at', () => {
  const row = newUser({ email: 'a@example.com', status: 'active', role: 'admin' }, now);
  const later = edited(row, { status: 'paused' }, new Date('2024-01-02T00:00:00.000Z'));
  expect(later).toEqual({ ...row, status: 'paused', updated_at: '2024-01-02T00:00:00.000Z' });
});

test('a role can be taken away', () => {
  const row = newUser({ email: 'a@example.com', status: 'active', role: 'admin' }, now);
  expect('role' in edited(row, { role: '' }, now)).toBe(false);
});
