export type { FieldValue, UserDocument, UserRow } from './document.ts';
export { documentOf, sameDocument } from './document.ts';
export type { Merge } from './merge.ts';
export { mergeDocuments } from './merge.ts';
export type { FieldConflict, Outcome, Receipt, Violation } from './mutation.ts';
export { usersConflictHandler } from './conflict_handler.ts';
export { usersSchema } from './schema.ts';
export type { UserInput } from './user.ts';
export { edited, newUser } from './user.ts';
