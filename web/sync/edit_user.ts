import type { RxCollection } from 'rxdb';
import type { UserRow } from './document.ts';
import { edited, type UserInput } from './user.ts';

/**
 * Changes fields of a user upon what the row says by then. Whoever writes a whole row, made from one that was read
 * before, takes back what came between, and nobody can tell that from an edit. Rejects if there is no such user.
 */
export async function editUser(users: RxCollection<UserRow>, id: string, changes: Partial<UserInput>): Promise<void> {
  const row = await users.findOne(id).exec();
  if (row === null) throw new Error('This user is deleted: there is nothing to change.');
  // RxDB's own fields stay.
  await row.incrementalModify((current) => edited(current, changes) as typeof current);
}
