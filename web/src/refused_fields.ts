import type { FieldValue, RefusedEdit, UserDocument } from '@usersync/sync';
import { reasonWords } from './call_problem.ts';

/** One field of a refused edit, from all sides. */
export interface RefusedField {
  name: string;
  label: string;
  /** What it was when the author began, what the author wrote, what holds now; empty where there is nothing. */
  base: string;
  mine: string;
  theirs: string;
  isChanged: boolean;
  /** All sides say the same. */
  isAgreed: boolean;
  isInDispute: boolean;
  /** The rules that it broke. */
  reasons: string[];
}

const labels: Record<string, string> = { email: 'Email', status: 'Status', role: 'Role', _deleted: 'Deleted' };
/** Every edit sets them: they say nothing of what was meant. */
const silent = ['id', 'created_at', 'updated_at'];

function shown(document: UserDocument | null, name: string): string {
  const value = (document as unknown as Record<string, FieldValue | null | undefined> | null)?.[name];
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return value === undefined || value === null ? '' : String(value);
}

/** The fields of a user first, in their order, then whatever else somebody wrote. */
function namesOf({ base, mine, theirs }: RefusedEdit): string[] {
  const known = Object.keys(labels);
  const found = [base, mine, theirs].flatMap((document) => Object.keys(document ?? {}));
  const others = found.filter((name) => !known.includes(name) && !silent.includes(name));
  return [...known, ...new Set(others)];
}

/** Why a rule was broken: the page's words where the edit cannot be mended, else the store's, which say what would do. */
function told({ reason, description }: RefusedEdit['violations'][number]): string {
  return (reason === 'ROLE_MISSING' ? reasonWords[reason] : undefined) ?? (description || reason);
}

/** A refused edit field by field. Whether it is deleted is of interest where anybody did so. */
export function refusedFields(edit: RefusedEdit): RefusedField[] {
  const { base, mine, theirs, conflicts, violations } = edit;
  const isDeletion = [base, mine, theirs].some((document) => document?._deleted === true);
  const names = namesOf(edit).filter((name) => name !== '_deleted' || isDeletion);
  return names.map((name) => {
    const [before, wanted, holds] = [shown(base, name), shown(mine, name), shown(theirs, name)];
    return {
      name,
      label: labels[name] ?? name,
      base: before,
      mine: wanted,
      theirs: holds,
      isChanged: before !== wanted,
      isAgreed: before === wanted && wanted === holds,
      isInDispute: conflicts.some(({ field }) => field === name),
      reasons: violations.filter(({ field }) => field === name).map(told),
    };
  });
}

/** The broken rules that are of no single field shown. */
export function otherReasons(edit: RefusedEdit): string[] {
  const names = namesOf(edit);
  return edit.violations
    .filter(({ field }) => !names.includes(field))
    .map((violation) => [violation.field, told(violation)].filter((part) => part !== '').join(': '));
}

/** The newest first. */
export function byWhen(a: RefusedEdit, b: RefusedEdit): number {
  return b.at.localeCompare(a.at);
}

/** What happened to it, in words. */
export function refusedTitle({ outcome, mine, base }: RefusedEdit): string {
  const what = mine._deleted ? 'deletion' : base === null ? 'new user' : 'edit';
  if (outcome === 'CONFLICT') return `Conflict: your ${what} and somebody else's`;
  return outcome === 'DENIED' ? `Not allowed: your ${what}` : `Refused: your ${what}`;
}

/** The same with whom it is about and why, in one line. */
export function refusedLine(edit: RefusedEdit): string {
  const reasons = edit.violations.map(told);
  const fields = edit.conflicts.map(({ field }) => `both changed ${field === '_deleted' ? 'whether it is deleted' : field}`);
  return [`${refusedTitle(edit)} (${edit.mine.email})`, ...reasons, ...fields].join('; ');
}

/** What to do about it. */
export function refusedHint({ outcome, base, theirs, mine }: RefusedEdit): string {
  if (outcome === 'DENIED') return 'Apply it again once you may, or drop it.';
  if (outcome === 'INVALID') return base === null ? 'Correct it and send it again.' : 'The row shows what held before: correct your edit and send it again.';
  if (theirs === null || theirs._deleted) return 'Somebody else deleted the user. To apply yours again brings it back.';
  if (mine._deleted) return 'Somebody else edited the user meanwhile. To apply yours again deletes it all the same.';
  return 'The row shows what holds now. To apply yours again writes it over that.';
}

/** The edit as its author corrected it. An empty role is none. */
export function correctedDocument({ mine }: RefusedEdit, corrected: Readonly<Record<string, string>>): UserDocument {
  const { role: _, ...rest } = mine;
  const { role = '', ...others } = corrected;
  return { ...rest, ...others, ...(role === '' ? {} : { role }) };
}
