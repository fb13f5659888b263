import type { Page } from 'playwright-core';
import { byId, type Document, type Documents } from './document.ts';

/** A row as RxDB's Dexie storage lays it into IndexedDB. */
export type StoredRow = Record<string, unknown> & { _deleted: unknown };

/** What RxDB never wrote: a row as it should be, or null for none. */
interface Forgery {
  id: string;
  row: StoredRow | null;
}

/** Runs in the page: all of one collection, read beside RxDB; before that, one row is put there or taken away. */
async function openCollection([ending, forgery]: [string, Forgery | null]): Promise<StoredRow[]> {
  const answer = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error ?? new Error('IndexedDB refuses'));
    });
  const names = (await indexedDB.databases()).map(({ name = '' }) => name);
  const found = names.find((name) => new RegExp(`^rxdb-dexie-.*--\\d+--${ending}$`).test(name));
  if (found === undefined) return [];
  const database = await answer(indexedDB.open(found));
  try {
    const rows = database.transaction('docs', forgery === null ? 'readonly' : 'readwrite').objectStore('docs');
    if (forgery !== null) await (forgery.row === null ? answer(rows.delete(forgery.id)) : answer(rows.put(forgery.row)));
    return await answer(rows.getAll() as IDBRequest<StoredRow[]>);
  } finally {
    database.close();
  }
}

function documentOf({ _deleted, ...fields }: StoredRow): Document {
  const own = Object.entries(fields).filter(([name, value]) => !name.startsWith('_') && value !== null && value !== undefined);
  // Dexie has no booleans in an index.
  return { ...(Object.fromEntries(own) as unknown as Document), _deleted: _deleted === true || _deleted === '1' };
}

function read(page: Page, collection: string, forgery: Forgery | null = null): Promise<StoredRow[]> {
  return page.evaluate(openCollection, [collection, forgery] as [string, Forgery | null]);
}

/** The row of a user as it is stored. */
export async function storedRow(page: Page, id: string): Promise<StoredRow> {
  const found = (await read(page, 'users')).find((row) => row['id'] === id);
  if (found === undefined) throw new Error(`there is no row of ${id}`);
  return found;
}

/** Puts a row where RxDB keeps a collection, or takes it away, and RxDB does not notice. */
export async function forge(page: Page, collection: 'users' | 'users_sync', id: string, row: StoredRow | null): Promise<void> {
  await read(page, collection, { id, row });
}

/** All users that a browser keeps, tombstones included. */
export async function rowsOf(page: Page): Promise<Documents> {
  return byId((await read(page, 'users')).map(documentOf));
}

/** The ids of the rows whose edits are still on their way. */
export async function pendingOf(page: Page): Promise<string[]> {
  const entries = await read(page, 'users_sync');
  return entries
    .filter(({ kind, _deleted }) => kind === 'pending' && _deleted !== '1' && _deleted !== true)
    .map(({ key }) => String(key));
}
