import type { Page } from 'playwright-core';
import { byId, type Document, type Documents } from './document.ts';

/** A row as RxDB's Dexie storage lays it into IndexedDB. */
type StoredRow = Record<string, unknown> & { _deleted: unknown };

/** Runs in the page: all of one collection, read beside RxDB. */
async function readCollection(ending: string): Promise<StoredRow[]> {
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
    return await answer(database.transaction('docs').objectStore('docs').getAll() as IDBRequest<StoredRow[]>);
  } finally {
    database.close();
  }
}

function documentOf({ _deleted, ...fields }: StoredRow): Document {
  const own = Object.entries(fields).filter(([name, value]) => !name.startsWith('_') && value !== null && value !== undefined);
  // Dexie has no booleans in an index.
  return { ...(Object.fromEntries(own) as unknown as Document), _deleted: _deleted === true || _deleted === '1' };
}

/** All users that a browser keeps, tombstones included. */
export async function rowsOf(page: Page): Promise<Documents> {
  return byId((await page.evaluate(readCollection, 'users')).map(documentOf));
}

/** The ids of the rows whose edits are still on their way. */
export async function pendingOf(page: Page): Promise<string[]> {
  const entries = await page.evaluate(readCollection, 'users_sync');
  return entries
    .filter(({ kind, _deleted }) => kind === 'pending' && _deleted !== '1' && _deleted !== true)
    .map(({ key }) => String(key));
}
