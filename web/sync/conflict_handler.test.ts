import { expect, test } from 'vitest';
import { usersConflictHandler } from './conflict_handler.ts';
import { user } from './testing/users.ts';

test('what the store holds replaces what it refused', async () => {
  const [mine, theirs] = [user({ status: 'paused' }), user({ status: 'blocked' })];
  const input = { newDocumentState: mine, realMasterState: theirs, assumedMasterState: user() };
  expect(await usersConflictHandler.resolve(input, '')).toEqual(theirs);
});

test('a role that is null and one that is absent are the same', () => {
  const withNull = { ...user(), role: null } as unknown as ReturnType<typeof user>;
  expect(usersConflictHandler.isEqual(withNull, user(), '')).toBe(true);
  expect(usersConflictHandler.isEqual(user({ role: '' }), user(), '')).toBe(false);
});
