import type { FieldValue, UserDocument } from './document.ts';

/** What a client asks for: that a user look like this from now on. */
export interface Mutation {
  mutation_id: string;
  document: UserDocument;
  /** What the author believed before writing; null for an insert. */
  assumed: UserDocument | null;
}

export const outcomes = ['APPLIED', 'MERGED', 'UNCHANGED', 'CONFLICT', 'INVALID', 'DENIED'] as const;
export type Outcome = (typeof outcomes)[number];

/** A field that two authors changed at once. A side without a value is left out. */
export interface FieldConflict {
  field: string;
  base?: FieldValue;
  mine?: FieldValue;
  theirs?: FieldValue;
}

/** A broken rule. */
export interface Violation {
  field: string;
  reason: string;
  description: string;
}

/** The final answer to one mutation. */
export interface Receipt {
  mutation_id: string;
  outcome: Outcome;
  /** The change that was made (APPLIED, MERGED) or that already said so (UNCHANGED); else absent. */
  seq?: number;
  /** The current document, if it is not the one asked for. */
  document?: UserDocument;
  conflicts: FieldConflict[];
  violations: Violation[];
}

/** Whether the mutation took effect, or had no need to. */
export function isSaved(outcome: Outcome): boolean {
  return outcome === 'APPLIED' || outcome === 'MERGED' || outcome === 'UNCHANGED';
}
