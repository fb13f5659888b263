import type { UserRow } from '@usersync/sync';
import { expect, test } from 'vitest';
import { changesOf, matching, newestFirst, randomChange, randomOf, withEdited } from './rows.ts';

function row(differences: Partial<UserRow> = {}): UserRow {
  const time = '2024-01-01T00:00:00Z';
  return { id: 'u1', email: 'ann@example.com', status: 'active', created_at: time, updated_at: time, ...differences };
}

test('the newest row comes first, and rows of one moment stand by id', () => {
  const [old, older, twin] = [row(), row({ id: 'u2', created_at: '2023-12-31T23:59:59Z' }), row({ id: 'u0' })];
  expect([older, old, twin].sort(newestFirst)).toEqual([twin, old, older]);
});

test('a search looks at address, status, role and id, whatever their case', () => {
  const rows = [row(), row({ id: 'u2', email: 'ben@example.com', role: 'Admin' })];
  expect(matching(rows, ' ADMIN ').map(({ id }) => id)).toEqual(['u2']);
  expect(matching(rows, 'u1').map(({ id }) => id)).toEqual(['u1']);
  expect(matching(rows, 'example').length).toBe(2);
  expect(matching(rows, '')).toBe(rows);
});

test('a row under edit stays in its place, whatever the search says and whoever deletes it', () => {
  const [newer, edited, older] = ['2024-03-01', '2024-02-01', '2024-01-01'].map((day) => row({ id: day, created_at: `${day}T00:00:00Z` }));
  const now = { ...edited!, status: 'paused' };
  expect(withEdited([newer!, older!], [edited!], [newer!, now, older!])).toEqual([newer, now, older]);
  expect(withEdited([newer!, older!], [edited!], [newer!, older!])).toEqual([newer, edited, older]);
  const shown = [newer!, edited!];
  expect(withEdited(shown, [edited!], [newer!, edited!, older!])).toBe(shown);
});

test('a random edit gives another status than there is', () => {
  for (const random of [0, 0.5, 0.99]) expect(randomChange(row(), () => random).status).not.toBe('active');
  expect(randomOf([], () => 0.5)).toBeUndefined();
  expect(randomOf(['a', 'b'], () => 0.99)).toBe('b');
});

test('only what a person changed is written: an untouched field may be edited by somebody else meanwhile', () => {
  expect(changesOf(row(), { email: 'ann@example.com', status: 'active', role: '' })).toEqual({});
  expect(changesOf(row({ role: 'admin' }), { email: 'ann@example.com', status: 'paused', role: '' })).toEqual({ status: 'paused', role: '' });
});
