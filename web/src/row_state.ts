import type { RefusedEdit } from '@usersync/sync';

export type RowState = 'pending' | 'saved' | 'conflict' | 'refused';

/** What is said of each state, never by colour alone. */
export const rowStateText = {
  pending: '↑ pending',
  saved: '✓ saved',
  conflict: '⚠ conflict',
  refused: '✗ refused',
} as const satisfies Record<RowState, string>;

/** What becomes of a row's newest edit: on its way, or as the store answered. The newest refused edit comes first. */
export function rowStateOf(id: string, pending: ReadonlySet<string>, refused: readonly RefusedEdit[]): RowState {
  if (pending.has(id)) return 'pending';
  const newest = refused.find((edit) => edit.id === id);
  if (newest === undefined) return 'saved';
  return newest.outcome === 'CONFLICT' ? 'conflict' : 'refused';
}
