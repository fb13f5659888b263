import type { DexieSettings } from 'rxdb';

/** Dexie's types, as far as RxDB tells them: Dexie itself is RxDB's business. */
type Dexie = Parameters<NonNullable<DexieSettings['onCreate']>>[0];

/** In Dexie's words: an index is what stands after the primary key. */
const changed = '[_meta.lwt+';
const written = '_meta.lwt';

/** Whether RxDB keeps there what it believes of rows: it asks for them by id only. */
export function isOfBeliefs(name: string): boolean {
  return name.includes('rx-replication-meta-');
}

/**
 * Leaves out indexes that nobody asks: of four entries that each row cost one is less, and two where RxDB keeps what it
 * believes. A database that has them keeps them; one without them is given them when RxDB's own storage opens it.
 */
export function leaveOutIndexes(database: Dexie, name: string): void {
  const isNeeded = (index: string) => index !== written && !(isOfBeliefs(name) && index.startsWith(changed));
  const version = database.version.bind(database);
  database.version = (number) => {
    const made = version(number);
    const stores = made.stores.bind(made);
    made.stores = ({ docs = null, ...others }) =>
      stores({ ...others, docs: docs?.split(', ').filter(isNeeded).join(', ') ?? null });
    return made;
  };
}
