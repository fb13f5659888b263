import { timestampDate } from '@bufbuild/protobuf/wkt';
import { userDocument, type UserDocument } from '@usersync/sync';
import { Action, Auth, type Version } from '@usersync/sync/generated/users/v1/version_pb';
import { changesBetween, overlapsOf, type FieldChange, type Overlap } from './field_changes.ts';

/** One version as the timeline shows it. */
export interface VersionEntry {
  number: number;
  sequence: bigint;
  /** `create`, `update` and so on. */
  action: string;
  /** Empty if the name was destroyed. */
  actor: string;
  /** How the store knew the actor: `nats`, `jwt`, `mtls`, or `none` for a name that was only claimed. */
  auth: string;
  time: Date;
  reason: string;
  /** The document; null if its content was erased. */
  document: UserDocument | null;
  /** What differs from the version before; null if either content was erased. */
  changes: FieldChange[] | null;
  /** What two authors changed at once, if this version came out of a merge. */
  overlaps: Overlap[];
}

function documentOf({ user }: Version): UserDocument | null {
  return user === undefined ? null : userDocument(user);
}

function changesOfVersion(version: Version, before: Version | undefined): FieldChange[] | null {
  const document = documentOf(version);
  if (document === null) return null;
  if (version.version === 1) return changesBetween(null, document);
  const earlier = before === undefined ? null : documentOf(before);
  return earlier === null ? null : changesBetween(earlier, document);
}

function entryOf(version: Version, before: Version | undefined): VersionEntry {
  return {
    number: version.version,
    sequence: version.sequence,
    action: Action[version.action].toLowerCase(),
    actor: version.actor,
    auth: Auth[version.auth].toLowerCase(),
    time: version.commitTime === undefined ? new Date(0) : timestampDate(version.commitTime),
    reason: version.reason,
    document: documentOf(version),
    changes: changesOfVersion(version, before),
    overlaps: overlapsOf(version.conflicts),
  };
}

/** Versions, newest first, each compared with the next. `hasOlder` keeps the last one back: what is before it is not there yet. */
export function entriesOf(versions: readonly Version[], hasOlder: boolean): VersionEntry[] {
  const shown = hasOlder ? versions.slice(0, -1) : versions;
  return shown.map((version, index) => entryOf(version, versions[index + 1]));
}

/** Puts newly read newest versions on top. If they do not reach what was there, that is read again in time. */
export function withNewest(loaded: readonly Version[], newest: readonly Version[]): { versions: Version[]; reaches: boolean } {
  const oldest = newest.at(-1)?.version ?? 0;
  const reaches = (loaded[0]?.version ?? 0) >= oldest - 1;
  return { versions: reaches ? [...newest, ...loaded.filter(({ version }) => version < oldest)] : [...newest], reaches };
}

/** What may be done with a user, by its newest version. */
export function stateOf(newest: VersionEntry | undefined): 'living' | 'deleted' | 'erased' | 'unknown' {
  if (newest === undefined) return 'unknown';
  if (newest.action === 'erase') return 'erased';
  return newest.document?._deleted === true ? 'deleted' : 'living';
}
