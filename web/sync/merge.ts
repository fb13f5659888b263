import { fieldNames, fieldOf, sameDocument, type FieldValue, type UserDocument } from './document.ts';
import type { FieldConflict } from './mutation.ts';
import { isLater } from './timestamp.ts';

/** What two authors made of the same document, joined. */
export interface Merge {
  /** The changes of both sides; where they dispute, what `mine` says. */
  document: UserDocument;
  /** The fields that both changed, and not to the same; sorted by name. */
  conflicts: FieldConflict[];
}

const deleted = '_deleted';
const times: readonly string[] = ['created_at', 'updated_at'];

function dispute(field: string, base: UserDocument | null, mine: UserDocument, theirs: UserDocument): FieldConflict {
  const sides: [string, FieldValue | undefined][] = [
    ['base', base === null ? undefined : fieldOf(base, field)],
    ['mine', fieldOf(mine, field)],
    ['theirs', fieldOf(theirs, field)],
  ];
  return { field, ...Object.fromEntries(sides.filter(([, value]) => value !== undefined)) };
}

/** Whether one side deleted what the other went on editing. */
function deletesAnEdit(base: UserDocument, mine: UserDocument, theirs: UserDocument): boolean {
  if (base._deleted || mine._deleted === theirs._deleted) return false;
  const edited = mine._deleted ? theirs : mine;
  const { created_at, updated_at } = base;
  return !sameDocument(base, { ...edited, created_at, updated_at });
}

/**
 * Joins two edits field by field, as the store does (`store/merge.cc`; `tests/cases/merge.json` holds
 * both to it). `base` is what the author of `mine` started from, null if that was nothing; `theirs`
 * stands. `created_at` and `updated_at` are never in dispute, because every edit sets them: the current
 * created_at and the later updated_at are taken, each as written.
 */
export function mergeDocuments(base: UserDocument | null, mine: UserDocument, theirs: UserDocument): Merge {
  const merged = new Map<string, FieldValue | undefined>(fieldNames(theirs).map((name) => [name, fieldOf(theirs, name)]));
  const conflicts: FieldConflict[] = [];
  const deleteAgainstEdit = base !== null && deletesAnEdit(base, mine, theirs);
  for (const name of fieldNames(base, mine, theirs)) {
    if (times.includes(name)) continue;
    const [ours, others] = [fieldOf(mine, name), fieldOf(theirs, name)];
    const before = base === null ? undefined : fieldOf(base, name);
    const mineChanged = base === null || before !== ours;
    const theirsChanged = base === null || before !== others;
    const inDispute =
      (mineChanged && theirsChanged && ours !== others) || (deleteAgainstEdit && name === deleted);
    if (inDispute) conflicts.push(dispute(name, base, mine, theirs));
    if (inDispute || mineChanged) merged.set(name, ours);
  }
  if (isLater(mine.updated_at, theirs.updated_at)) merged.set('updated_at', mine.updated_at);
  const fields = [...merged].filter(([, value]) => value !== undefined);
  return { document: Object.fromEntries(fields) as unknown as UserDocument, conflicts };
}
