import type { UserRow } from './document.ts';

/** What a person types of a user. */
export interface UserInput {
  email: string;
  status: string;
  role?: string | undefined;
}

function withRole(row: Omit<UserRow, 'role'>, role: string | undefined): UserRow {
  return role === undefined || role === '' ? row : { ...row, role };
}

/** A user that nobody has yet. */
export function newUser(input: UserInput, now = new Date()): UserRow {
  const time = now.toISOString();
  const { email, status, role } = input;
  return withRole({ id: crypto.randomUUID(), email, status, created_at: time, updated_at: time }, role);
}

/** A row after an edit. Every edit sets `updated_at`: a merge takes the later one. */
export function edited(row: UserRow, changes: Partial<UserInput>, now = new Date()): UserRow {
  const { role: before, ...rest } = row;
  const { role = 'role' in changes ? undefined : before, ...others } = changes;
  return withRole({ ...rest, ...others, updated_at: now.toISOString() }, role);
}
