import { fieldNames, fieldOf, sameDocument, type FieldValue, type UserDocument } from '../../document.ts';
import type { RefusedEdit } from '../../local_store.ts';
import type { FieldConflict } from '../../mutation.ts';
import type { IdleDeletion, Version } from './history.ts';
import type { RowWrite } from './page_storage.ts';

export interface Evidence {
  /** What the store holds, and what databases held that are no more. */
  versions: readonly Version[];
  lost: readonly Version[];
  erased: ReadonlySet<string>;
  /** Deletions of what the store did not have: it answered that nothing is to do. */
  idle: readonly IdleDeletion[];
  /** Users whom an older copy of the database did not have; others may have brought them back. */
  gone: ReadonlySet<string>;
  browsers: {
    name: string;
    /** What was written to its rows, in order. */
    written: readonly RowWrite[];
    refused: readonly RefusedEdit[];
    dropped: readonly RefusedEdit[];
  }[];
}

const times: readonly string[] = ['created_at', 'updated_at'];

/** A field that a person gave a value. */
interface FieldEdit {
  browser: Evidence['browsers'][number];
  /** Its place among what was written in that browser. */
  place: number;
  id: string;
  field: string;
  value: FieldValue | undefined;
  before: FieldValue | undefined;
  at: number;
}

function editsOf(browser: Evidence['browsers'][number]): FieldEdit[] {
  return browser.written.flatMap(({ id, before, after, byPerson, at }, place) => {
    if (!byPerson) return [];
    return fieldNames(before, after)
      .filter((field) => !times.includes(field) && field !== 'id')
      .map((field) => ({ field, value: fieldOf(after, field), before: before === null ? undefined : fieldOf(before, field) }))
      .filter(({ value, before: old }) => value !== old)
      .map((edit) => ({ browser, place, id, at, ...edit }));
  });
}

function says(document: UserDocument, { id, field, value }: FieldEdit): boolean {
  return document.id === id && fieldOf(document, field) === value;
}

/** Whether its author himself changed the field once more. */
function isReplaced({ browser, place, id, field, value }: FieldEdit): boolean {
  return browser.written.slice(place + 1).some((write) => {
    return write.byPerson && write.id === id && write.before !== null && fieldOf(write.before, field) === value && fieldOf(write.after, field) !== value;
  });
}

/** Its author deleted what the store does not have, or did not have then: there is nothing to save. */
function isNothing(edit: FieldEdit, { versions, idle, gone }: Evidence): boolean {
  const { browser, id } = edit;
  if (idle.some(({ profile, document }) => profile === browser.name && says(document, edit))) return true;
  if (!gone.has(id) && versions.some(({ document }) => document.id === id)) return false;
  return browser.written.findLast((write) => write.id === id && write.byPerson)?.after._deleted === true;
}

/** A tombstone that stood when the edit was made or came later. */
function isDeleted(edit: FieldEdit, versions: readonly Version[]): boolean {
  const own = versions.filter(({ document }) => document.id === edit.id);
  const stood = own.findLastIndex(({ at }) => at <= edit.at);
  return own.slice(Math.max(0, stood)).some(({ document }) => says(document, edit));
}

function isAccountedFor(edit: FieldEdit, evidence: Evidence): boolean {
  const { versions, lost, erased } = evidence;
  const { browser, id, field } = edit;
  const known = lost.filter(({ told }) => told.has(browser.name));
  const isKept = (all: readonly Version[]): boolean =>
    field === '_deleted' ? isDeleted(edit, all) : all.some(({ document }) => says(document, edit));
  return (
    erased.has(id) ||
    isReplaced(edit) ||
    isKept(versions) ||
    isKept(known) ||
    [...browser.refused, ...browser.dropped].some(({ mine }) => says(mine, edit)) ||
    isNothing(edit, evidence)
  );
}

function describe({ browser, id, field, value, before, at }: FieldEdit): string {
  return `${browser.name} at ${Math.round(at) % 1e9}: ${field} of ${id} from ${String(before)} to ${String(value)}`;
}

/** Each edit of a person is in the history, or refused where its author sees it, or replaced by himself. */
function vanished(evidence: Evidence): string[] {
  return evidence.browsers
    .flatMap(editsOf)
    .filter((edit) => !isAccountedFor(edit, evidence))
    .map((edit) => `vanished: ${describe(edit)}`);
}

interface Transition {
  field: string;
  from: FieldValue | undefined;
  to: FieldValue | undefined;
}

function transitionsOf({ before, document }: Version): Transition[] {
  return fieldNames(before, document)
    .filter((field) => !times.includes(field))
    .map((field) => ({ field, from: before === null ? undefined : fieldOf(before, field), to: fieldOf(document, field) }))
    .filter(({ from, to }) => from !== to);
}

/** What a browser committed, its author had asked for, having seen what it replaced. */
function overwrites(evidence: Evidence): string[] {
  return evidence.versions.flatMap((version) => {
    const browser = evidence.browsers.find(({ name }) => name === version.profile);
    if (browser === undefined || version.before === null) return [];
    const { id } = version.document;
    return transitionsOf(version)
      .filter(({ field, from, to }) => {
        const asked = browser.written.findLastIndex((write) => write.byPerson && write.id === id && write.at <= version.at && fieldOf(write.after, field) === to);
        const seen = browser.written.slice(0, asked + 1).some((write) => write.id === id && [write.before, write.after].some((row) => row !== null && fieldOf(row, field) === from));
        return asked < 0 || !seen;
      })
      .map(({ field, from, to }) => `overwritten unseen: ${field} of ${id} from ${String(from)} to ${String(to)} by ${browser.name}`);
  });
}

/** A value that was given once takes effect once. A database that was put back to an older copy is offered what it lost. */
function repeated(evidence: Evidence): string[] {
  if (evidence.lost.length > 0) return [];
  const count = (counts: Map<string, number>, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);
  const [asked, done] = [new Map<string, number>(), new Map<string, number>()];
  const keyOf = (name: string, id: string, field: string, value: FieldValue | undefined): string => [name, id, field, String(value)].join(' ');
  for (const browser of evidence.browsers) {
    for (const { id, field, value } of editsOf(browser)) count(asked, keyOf(browser.name, id, field, value));
  }
  for (const version of evidence.versions) {
    const { profile, document } = version;
    if (profile === null) continue;
    for (const { field, to } of transitionsOf(version)) if (field !== 'id') count(done, keyOf(profile, document.id, field, to));
  }
  const mutations = evidence.versions.flatMap(({ mutation }) => mutation ?? []);
  const twice = mutations.filter((id, index) => mutations.indexOf(id) < index).map((id) => `applied twice: mutation ${id}`);
  return [...twice, ...[...done].filter(([key, times]) => times > (asked.get(key) ?? 0)).map(([key, times]) => `took effect ${times} times, asked for ${asked.get(key) ?? 0} times: ${key}`)];
}

/** The fields that others must have changed: where a deletion met an edit, not `_deleted`, which stands as it was. */
function againstMine({ base, theirs }: RefusedEdit, { field, base: before, theirs: now }: FieldConflict): string[] {
  if (field !== '_deleted' || before !== now || base === null || theirs === null) return [field];
  return fieldNames(base, theirs).filter((name) => !times.includes(name) && fieldOf(base, name) !== fieldOf(theirs, name));
}

/** Which browser made a field what stands against a refused edit. */
function madeBy(versions: readonly Version[], { id, theirs }: RefusedEdit, field: string): string | null | undefined {
  if (theirs === null) return undefined;
  const value = fieldOf(theirs, field);
  return versions.findLast((version) => version.document.id === id && transitionsOf(version).some((one) => one.field === field && one.to === value))?.profile;
}

/** What its author started from was refused, too. */
function isUponRefused({ id, base }: RefusedEdit, { refused, dropped }: Evidence['browsers'][number]): boolean {
  return base !== null && [...refused, ...dropped].some(({ mine }) => mine.id === id && sameDocument(mine, base));
}

/** What stands against a refused edit was not made by the same browser, unless the edit builds upon another refused one. */
function conflictsWithOneself({ versions, lost, browsers }: Evidence): string[] {
  if (lost.length > 0) return [];
  return browsers.flatMap((browser) => {
    const { name, refused } = browser;
    return refused.filter((edit) => !isUponRefused(edit, browser)).flatMap((edit) =>
      edit.conflicts
        .filter((conflict) => againstMine(edit, conflict).every((field) => madeBy(versions, edit, field) === name))
        .map(({ field, mine, theirs }) => `in conflict with oneself: ${name}, ${field} of ${edit.id}, ${String(mine)} against ${String(theirs)}`),
    );
  });
}

export function flawsOf(evidence: Evidence): string[] {
  return [...vanished(evidence), ...overwrites(evidence), ...repeated(evidence), ...conflictsWithOneself(evidence)];
}
