import type { UserInput, UserRow } from '@usersync/sync';

const statuses = ['active', 'invited', 'paused', 'blocked'] as const;

/** By when they were created; at the same time, by id. Plain comparison: it orders RFC 3339, and 10,000 rows at once. */
export function newestFirst(a: UserRow, b: UserRow): number {
  if (a.created_at !== b.created_at) return a.created_at < b.created_at ? 1 : -1;
  return a.id < b.id ? -1 : 1;
}

/** Those whose address, status, role or id holds the words, whatever their case. */
export function matching(rows: readonly UserRow[], words: string): readonly UserRow[] {
  const wanted = words.trim().toLowerCase();
  if (wanted === '') return rows;
  return rows.filter(({ id, email, status, role = '' }) =>
    [id, email, status, role].some((text) => text.toLowerCase().includes(wanted)),
  );
}

/** `shown`, and in their places the rows under edit that are not among them: as they are in `rows`, or as they were. */
export function withEdited(shown: readonly UserRow[], edited: readonly UserRow[], rows: readonly UserRow[]): readonly UserRow[] {
  const held = edited.filter(({ id }) => !shown.some((row) => row.id === id));
  if (held.length === 0) return shown;
  return [...shown, ...held.map((kept) => rows.find(({ id }) => id === kept.id) ?? kept)].sort(newestFirst);
}

export function randomOf<T>(items: readonly T[], random = Math.random): T | undefined {
  return items[Math.floor(random() * items.length)];
}

/** Another status than the row has. */
export function randomChange(row: UserRow, random = Math.random): Partial<UserInput> {
  const status = randomOf(statuses.filter((other) => other !== row.status), random);
  return status === undefined ? {} : { status };
}

/** What a person changed of a row. An empty role is none. */
export function changesOf(row: UserRow, input: { email: string; status: string; role: string }): Partial<UserInput> {
  const { email, status, role = '' } = row;
  return {
    ...(input.email === email ? {} : { email: input.email }),
    ...(input.status === status ? {} : { status: input.status }),
    ...(input.role === role ? {} : { role: input.role }),
  };
}
