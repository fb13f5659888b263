/** A user as an RxDB collection holds it. An absent role and a null one are the same. */
export interface UserRow {
  id: string;
  email: string;
  status: string;
  role?: string;
  /** RFC 3339 in UTC, kept character for character. */
  created_at: string;
  updated_at: string;
}

/** A user as it travels: the row, and whether it is deleted. */
export type UserDocument = UserRow & { _deleted: boolean };

/** What a field of a document can hold. */
export type FieldValue = string | boolean | number;

/** Whether a field is RxDB's own; of these we know only `_deleted`. */
export function isInternal(name: string): boolean {
  return name.startsWith('_');
}

/**
 * The document in a row of RxDB: without RxDB's own fields, without fields that are null, and with
 * `_deleted`. Fields that this file does not name are kept, so that a new one needs nothing here.
 */
export function documentOf(row: UserRow & { _deleted?: boolean }): UserDocument {
  const kept = Object.entries(row).filter(
    ([name, value]) => value !== null && value !== undefined && !isInternal(name),
  );
  return { ...(Object.fromEntries(kept) as unknown as UserRow), _deleted: row._deleted ?? false };
}

/**
 * What a row says whose insert was refused: nobody else has it. No store writes or takes an empty time, so it is
 * told from the tombstone of a user who was deleted.
 */
export function neverSaved(document: UserDocument): UserDocument {
  return { ...document, updated_at: '', _deleted: true };
}

/** Whether the row never held a user whom others know. */
export function isNeverSaved({ updated_at, _deleted }: UserDocument): boolean {
  return _deleted && updated_at === '';
}

/** Whether JSON from outside is a document. Only what this package relies on is looked at. */
export function isUserDocument(value: unknown): value is UserDocument {
  if (typeof value !== 'object' || value === null) return false;
  const { id, email, status, created_at, updated_at, _deleted } = value as Record<string, unknown>;
  return (
    [id, email, status, created_at, updated_at].every((text) => typeof text === 'string') &&
    typeof _deleted === 'boolean'
  );
}

/** The value of a field; undefined if it is absent or null. */
export function fieldOf(document: UserDocument, name: string): FieldValue | undefined {
  const value = (document as unknown as Record<string, FieldValue | null | undefined>)[name];
  return value ?? undefined;
}

/** The names of all fields that any of the documents has, sorted. */
export function fieldNames(...documents: (UserDocument | null)[]): string[] {
  const names = documents.flatMap((document) => (document === null ? [] : Object.keys(document)));
  return [...new Set(names)].sort();
}

/** Whether two documents say the same in every field. */
export function sameDocument(a: UserDocument, b: UserDocument): boolean {
  return fieldNames(a, b).every((name) => fieldOf(a, name) === fieldOf(b, name));
}
