import type { Value } from '@bufbuild/protobuf/wkt';
import type { FieldValue, UserDocument } from '@usersync/sync';
import type { FieldConflict, FieldDiff } from '@usersync/sync/generated/users/v1/version_pb';

/** How a field differs between two versions. A side that has no value is null. */
export interface FieldChange {
  field: string;
  kind: 'added' | 'removed' | 'changed';
  before: string | null;
  after: string | null;
}

/** A field that two authors changed at once. */
export interface Overlap {
  field: string;
  base: string | null;
  mine: string | null;
  theirs: string | null;
}

function textOf(value: FieldValue | undefined): string | null {
  return value === undefined ? null : String(value);
}

function textOfValue(value: Value | undefined): string | null {
  const kind = value?.kind;
  const isPlain = kind?.case === 'stringValue' || kind?.case === 'boolValue' || kind?.case === 'numberValue';
  return isPlain ? textOf(kind.value) : null;
}

function changeOf(field: string, before: string | null, after: string | null): FieldChange[] {
  // Every document says whether it is deleted; that a new one is not says nothing.
  const isSilent = before === after || (field === '_deleted' && before === null && after === 'false');
  if (isSilent) return [];
  const kind = before === null ? 'added' : after === null ? 'removed' : 'changed';
  return [{ field, kind, before, after }];
}

/** What differs, in the order of the document's fields. Nothing stands before a user's first version. */
export function changesBetween(before: UserDocument | null, after: UserDocument): FieldChange[] {
  const [left, right] = [before ?? {}, after] as unknown as Record<string, FieldValue | undefined>[];
  const names = new Set([...Object.keys(after), ...Object.keys(before ?? {})]);
  return [...names].flatMap((name) => changeOf(name, textOf(left?.[name]), textOf(right?.[name])));
}

/** What DiffVersions answers. */
export function changesOf(diffs: readonly FieldDiff[]): FieldChange[] {
  return diffs.flatMap(({ field, before, after }) => changeOf(field, textOfValue(before), textOfValue(after)));
}

export function overlapsOf(conflicts: readonly FieldConflict[]): Overlap[] {
  return conflicts.map(({ field, base, mine, theirs }) => ({
    field,
    base: textOfValue(base),
    mine: textOfValue(mine),
    theirs: textOfValue(theirs),
  }));
}
