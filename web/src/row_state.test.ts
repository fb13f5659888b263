import type { Outcome, RefusedEdit } from '@usersync/sync';
import { expect, test } from 'vitest';
import { rowStateOf } from './row_state.ts';

function refused(id: string, outcome: Outcome): RefusedEdit {
  return { id, outcome } as RefusedEdit;
}

test('a row is pending while its edit is on its way, whatever became of an earlier one', () => {
  expect(rowStateOf('u1', new Set(['u1']), [refused('u1', 'CONFLICT')])).toBe('pending');
});

test('a row shows how its last edit was refused, until that is dealt with', () => {
  expect(rowStateOf('u1', new Set(), [refused('u1', 'CONFLICT'), refused('u1', 'INVALID')])).toBe('conflict');
  expect(rowStateOf('u1', new Set(['u2']), [refused('u1', 'DENIED')])).toBe('refused');
  expect(rowStateOf('u1', new Set(), [refused('u2', 'DENIED')])).toBe('saved');
});
