import type { UserRow } from '@usersync/sync';
import { defer, filter, from, map, merge, tap, type Observable } from 'rxjs';
import type { Users } from './database.ts';
import { RowList, type StoredRow } from './row_list.ts';

/**
 * The rows of a collection, newest first, now and after each change in any tab. RxDB's `find().$` tells the same, but
 * goes through all rows several times at each change.
 */
export function liveRows(users: Users): Observable<readonly UserRow[]> {
  return defer(() => {
    const list = new RowList();
    let isFound = false;
    const written$ = users.eventBulks$.pipe(map(({ events }) => events.map(({ documentData }) => documentData as StoredRow)));
    const found$ = defer(() => from(users.find().exec())).pipe(
      map((documents) => documents.map((document) => document.toJSON(true) as StoredRow)),
      tap(() => (isFound = true)),
    );
    // What is written while the rows are read may be in neither: it is listened for before.
    return merge(written$, found$).pipe(
      tap((stored) => list.apply(stored)),
      filter(() => isFound),
      map(() => list.rows),
    );
  });
}
