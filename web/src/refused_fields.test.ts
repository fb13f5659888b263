import type { RefusedEdit, UserDocument } from '@usersync/sync';
import { expect, test } from 'vitest';
import { byWhen, correctedDocument, otherReasons, refusedFields, refusedHint, refusedLine, refusedTitle } from './refused_fields.ts';

function user(differences: Partial<UserDocument> = {}): UserDocument {
  const time = '2024-01-01T00:00:00Z';
  return { id: 'u1', email: 'ann@example.com', status: 'active', created_at: time, updated_at: time, _deleted: false, ...differences };
}

function refused(differences: Partial<RefusedEdit> = {}): RefusedEdit {
  const sides = { mine: user({ status: 'paused' }), base: user(), theirs: user({ status: 'blocked' }) };
  return { key: 'k', id: 'u1', outcome: 'CONFLICT', conflicts: [], violations: [], at: '2024-01-01T00:00:00Z', ...sides, ...differences };
}

test('a conflict is shown field by field from all three sides', () => {
  const conflicts = [{ field: 'status', base: 'active', mine: 'paused', theirs: 'blocked' }];
  const fields = refusedFields(refused({ conflicts }));
  expect(fields.map(({ name }) => name)).toEqual(['email', 'status', 'role']);
  expect(fields[1]).toMatchObject({ base: 'active', mine: 'paused', theirs: 'blocked', isChanged: true, isInDispute: true });
  expect(fields[0]).toMatchObject({ base: 'ann@example.com', isChanged: false, isInDispute: false, isAgreed: true });
  expect(fields[1]).toMatchObject({ isAgreed: false });
});

test('a deletion is shown as a field', () => {
  expect(refusedFields(refused({ theirs: user({ _deleted: true }) })).at(-1)).toMatchObject({ label: 'Deleted', mine: 'no', theirs: 'yes' });
});

test('a field that the page does not know is shown too', () => {
  const mine = { ...user(), team: 'north' } as UserDocument;
  expect(refusedFields(refused({ mine })).at(-1)).toMatchObject({ name: 'team', label: 'team', mine: 'north', base: '' });
});

test('a reason stands at its field, or by itself if it is of none', () => {
  const violations = [
    { field: 'email', reason: 'EMAIL_TAKEN', description: 'another user has it' },
    { field: '', reason: 'TOO_LARGE', description: 'at most 64 KiB' },
    { field: 'assumed.email', reason: 'EMAIL_INVALID', description: '' },
  ];
  const edit = refused({ outcome: 'INVALID', violations });
  expect(refusedFields(edit)[0]?.reasons).toEqual(['another user has it']);
  expect(otherReasons(edit)).toEqual(['at most 64 KiB', 'assumed.email: EMAIL_INVALID']);
});

test('the title says what was meant and what became of it', () => {
  expect(refusedTitle(refused())).toContain('Conflict: your edit');
  expect(refusedTitle(refused({ outcome: 'INVALID', base: null }))).toContain('Refused: your new user');
  expect(refusedTitle(refused({ outcome: 'DENIED', mine: user({ _deleted: true }) }))).toContain('Not allowed: your deletion');
});

test('a line for the log names the user and the reasons', () => {
  const violations = [{ field: 'email', reason: 'EMAIL_TAKEN', description: 'another user has it' }];
  expect(refusedLine(refused({ outcome: 'INVALID', violations }))).toBe('Refused: your edit (ann@example.com); another user has it');
  const conflicts = [{ field: 'status', mine: 'paused', theirs: 'blocked' }];
  expect(refusedLine(refused({ conflicts }))).toContain('both changed status');
});

test('a deletion in dispute is told in words, and so is a right that is missing', () => {
  const conflicts = [{ field: '_deleted', mine: 'true', theirs: 'false' }];
  expect(refusedLine(refused({ conflicts }))).toContain('both changed whether it is deleted');
  const violations = [{ field: '', reason: 'ROLE_MISSING', description: 'writer is a role that the caller needs and does not have' }];
  expect(otherReasons(refused({ outcome: 'DENIED', violations }))).toEqual([expect.stringContaining('ask an administrator')]);
});

test('the hint says what comes of applying it again', () => {
  expect(refusedHint(refused())).toContain('over that');
  expect(refusedHint(refused({ theirs: user({ _deleted: true }) }))).toContain('brings it back');
  expect(refusedHint(refused({ mine: user({ _deleted: true }) }))).toContain('deletes it');
  expect(refusedHint(refused({ outcome: 'INVALID', base: null, theirs: null }))).toContain('Correct it');
});

test('a correction keeps all other fields, and an empty role is none', () => {
  const edit = refused({ mine: user({ role: 'admin' }) });
  expect(correctedDocument(edit, { email: 'b@example.com', status: 'vip', role: '' })).toEqual(user({ email: 'b@example.com', status: 'vip' }));
  expect(correctedDocument(edit, { role: 'owner' })).toEqual(user({ role: 'owner' }));
});

test('the newest comes first', () => {
  const [older, newer] = [refused(), refused({ at: '2024-01-01T00:00:01Z' })];
  expect([older, newer].sort(byWhen)).toEqual([newer, older]);
});
