import type { RxConflictHandler } from 'rxdb';
import { documentOf, sameDocument, type UserRow } from './document.ts';

/**
 * What RxDB asks when a push was refused. The refused edit is saved by then, so that the row shows what
 * holds; a merge here would be pushed again, refused again, and so on without end.
 */
export const usersConflictHandler: RxConflictHandler<UserRow> = {
  isEqual: (a, b) => sameDocument(documentOf(a), documentOf(b)),
  resolve: async ({ realMasterState }) => realMasterState,
};
