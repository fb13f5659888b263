import type { UserRow } from '@usersync/sync';
import { getHeightOfRevision, type RxDocumentData } from 'rxdb';
import { newestFirst } from './rows.ts';

/** A row as RxDB's storage holds it, perhaps deleted. */
export type StoredRow = RxDocumentData<UserRow>;

interface Known {
  /** How often the row was written. */
  height: number;
  /** null while it is deleted. */
  row: UserRow | null;
}

function rowOf({ _attachments, _deleted, _meta, _rev, ...row }: StoredRow): UserRow {
  return row;
}

/** Both are in order, and have no row in common. */
function merged(some: readonly UserRow[], others: readonly UserRow[]): UserRow[] {
  const rows: UserRow[] = [];
  let place = 0;
  for (const row of some) {
    for (let other = others[place]; other !== undefined && newestFirst(other, row) < 0; other = others[place]) {
      rows.push(other);
      place += 1;
    }
    rows.push(row);
  }
  return [...rows, ...others.slice(place)];
}

/** The living rows, newest first. It may be told of writes late, twice, or in any order: the newest of each row counts. */
export class RowList {
  readonly #known = new Map<string, Known>();
  #rows: readonly UserRow[] = [];

  /** Another array after each change; a row that did not change is the same object. */
  get rows(): readonly UserRow[] {
    return this.#rows;
  }

  apply(written: readonly StoredRow[]): void {
    const changed = new Set(written.filter((stored) => this.#note(stored)).map(({ id }) => id));
    if (changed.size === 0) return;
    const fresh = [...changed].flatMap((id) => this.#known.get(id)?.row ?? []).sort(newestFirst);
    this.#rows = merged(this.#rows.filter(({ id }) => !changed.has(id)), fresh);
  }

  /** Whether it is news. */
  #note(stored: StoredRow): boolean {
    const height = getHeightOfRevision(stored._rev);
    if (height <= (this.#known.get(stored.id)?.height ?? 0)) return false;
    this.#known.set(stored.id, { height, row: stored._deleted ? null : rowOf(stored) });
    return true;
  }
}
