import { create } from '@bufbuild/protobuf';
import type { UserDocument } from '@usersync/sync';
import { FieldConflictSchema, FieldDiffSchema } from '@usersync/sync/generated/users/v1/version_pb';
import { expect, test } from 'vitest';
import { changesBetween, changesOf, overlapsOf } from './field_changes.ts';

const ann: UserDocument = { id: 'u', email: 'a@b.cd', status: 'active', created_at: 't', updated_at: 't', _deleted: false };
const string = (value: string) => ({ kind: { case: 'stringValue' as const, value } });
const bool = (value: boolean) => ({ kind: { case: 'boolValue' as const, value } });

test('what was added, removed and changed is told, and nothing else', () => {
  const before = { ...ann, role: 'user' };
  expect(changesBetween(before, { ...ann, status: 'paused', _deleted: true })).toEqual([
    { field: 'status', kind: 'changed', before: 'active', after: 'paused' },
    { field: '_deleted', kind: 'changed', before: 'false', after: 'true' },
    { field: 'role', kind: 'removed', before: 'user', after: null },
  ]);
  expect(changesBetween(ann, { ...ann, role: '' })).toEqual([{ field: 'role', kind: 'added', before: null, after: '' }]);
  expect(changesBetween(ann, { ...ann })).toEqual([]);
});

test('before the first version there is nothing, and that a new user is not deleted is no news', () => {
  const changes = changesBetween(null, ann);
  expect(changes.map(({ field }) => field)).toEqual(['id', 'email', 'status', 'created_at', 'updated_at']);
  expect(new Set(changes.map(({ kind }) => kind))).toEqual(new Set(['added']));
  expect(changesBetween(null, { ...ann, _deleted: true }).at(-1)).toMatchObject({ field: '_deleted', after: 'true' });
});

test('the store’s own comparison is read the same way', () => {
  const diffs = [
    create(FieldDiffSchema, { field: 'email', before: string('a@b.cd'), after: string('x@y.zz') }),
    create(FieldDiffSchema, { field: 'role', after: string('admin') }),
    create(FieldDiffSchema, { field: 'nick', before: string('al') }),
    create(FieldDiffSchema, { field: '_deleted', before: bool(false), after: bool(true) }),
    create(FieldDiffSchema, { field: '_deleted', after: bool(false) }),
  ];
  expect(changesOf(diffs)).toEqual([
    { field: 'email', kind: 'changed', before: 'a@b.cd', after: 'x@y.zz' },
    { field: 'role', kind: 'added', before: null, after: 'admin' },
    { field: 'nick', kind: 'removed', before: 'al', after: null },
    { field: '_deleted', kind: 'changed', before: 'false', after: 'true' },
  ]);
});

test('of a conflict all sides are told', () => {
  const conflict = create(FieldConflictSchema, { field: 'role', mine: string('admin'), theirs: string('user') });
  expect(overlapsOf([conflict])).toEqual([{ field: 'role', base: null, mine: 'admin', theirs: 'user' }]);
});
