import { expect, test } from 'vitest';
import { documentOf, isUserDocument, sameDocument } from './document.ts';
import { user } from './testing/users.ts';

test('what RxDB keeps for itself does not travel', () => {
  const row = { ...user(), _rev: '1-a', _meta: { lwt: 1 }, _attachments: {} };
  expect(documentOf(row)).toEqual(user());
});

test('a row that does not say so is not deleted', () => {
  const { _deleted, ...row } = user();
  expect(documentOf(row)).toEqual({ ...row, _deleted });
});

test('a role that is null is none', () => {
  const row = { ...user(), role: null } as unknown as ReturnType<typeof user>;
  expect('role' in documentOf(row)).toBe(false);
  expect(sameDocument(row, user())).toBe(true);
});

test('a field that is unknown here travels', () => {
  expect(documentOf({ ...user(), phone: '1' } as ReturnType<typeof user>)).toHaveProperty('phone', '1');
  expect(sameDocument({ ...user(), phone: '1' } as ReturnType<typeof user>, user())).toBe(false);
});

test('times are compared as they are written', () => {
  expect(sameDocument(user({ updated_at: '2024-01-01T00:00:00.000Z' }), user())).toBe(false);
});

test('JSON without the fields of a user is no document', () => {
  expect(isUserDocument(user())).toBe(true);
  expect(isUserDocument({ ...user(), _deleted: undefined })).toBe(false);
  expect(isUserDocument({ ...user(), email: 1 })).toBe(false);
  expect(isUserDocument(null)).toBe(false);
});
