import { userDocument } from '@usersync/sync';
import { Action, Auth, type Proof, type Version } from '@usersync/sync/generated/users/v1/version_pb';
import { bytesOf, hexOf, hmacSha256, sameBytes, type Bytes } from './bytes.ts';
import { canonicalJson, type Json } from './canonical_json.ts';
import { leafHash } from './merkle.ts';
import { NotVerified } from './not_verified.ts';

/** The only encoding that this page knows; store/README.md says what it is. */
const knownFormat = 'usersync.version.1';

/**
 * What became of a part of a version that has a hash of its own: `checked` is recomputed from what
 * is shown; `destroyed` was erased, so only its hash is there; `unchecked` holds more than is sent.
 */
export type Part = 'checked' | 'destroyed' | 'unchecked';

/** A version whose hash was recomputed. */
export interface HashedVersion {
  hash: Bytes;
  content: Part;
  actor: Part;
}

const actionName = (action: Action): string => Action[action].toLowerCase();
/** The store writes `none` for whatever it does not know. */
const authName = (auth: Auth): string => (auth === Auth.UNSPECIFIED ? 'none' : Auth[auth].toLowerCase());

const textOrNull = (text: string): string | null => (text === '' ? null : text);

function bodyOf(version: Version): Json {
  return {
    audit: null,
    document: version.user === undefined ? null : (userDocument(version.user) as unknown as Json),
    mutation_id: textOrNull(version.mutationId),
    object_id: version.userId,
    object_type: 'user',
    reason: textOrNull(version.reason),
  };
}

/** Microseconds since 1970. */
function committedAt({ commitTime }: Version): bigint {
  return (commitTime?.seconds ?? 0n) * 1_000_000n + BigInt(Math.floor((commitTime?.nanos ?? 0) / 1000));
}

function entryOf(version: Version, proof: Proof): Json {
  return {
    action: actionName(version.action),
    actor_hash: hexOf(proof.actorHash),
    auth: authName(version.auth),
    body_hash: hexOf(proof.bodyHash),
    changed_fields: version.changedFields,
    committed_at: String(committedAt(version)),
    format: proof.format,
    prev_hash: hexOf(proof.previousHash),
    seq: String(version.sequence),
    version: String(version.version),
  };
}

async function check(what: string, value: Json, salt: Uint8Array, hash: Uint8Array): Promise<Part> {
  if (salt.length === 0) return 'destroyed';
  if (!sameBytes(await hmacSha256(salt, bytesOf(canonicalJson(value))), hash)) {
    throw new NotVerified('forged', `The ${what} is not what was committed.`);
  }
  return 'checked';
}

/** Whether the body holds what HistoryService does not send: all documents of a conflict, or fields that this page is too old for. */
function isBodyIncomplete({ conflicts, user }: Version): boolean {
  return conflicts.length > 0 || (user?.$unknown?.length ?? 0) > 0;
}

function checkContent(version: Version, proof: Proof): Promise<Part> | Part {
  if (version.user === undefined && proof.bodySalt.length > 0) {
    throw new NotVerified('forged', 'The content is kept back, although it was not erased.');
  }
  if (proof.bodySalt.length > 0 && isBodyIncomplete(version)) return 'unchecked';
  return check('content', bodyOf(version), proof.bodySalt, proof.bodyHash);
}

/** Recomputes the hash of a version of a user, which it must have come with. Throws NotVerified. */
export async function hashVersion(userId: string, version: Version): Promise<HashedVersion> {
  const { proof } = version;
  if (proof === undefined) throw new NotVerified('unable', 'The store sent no proof of this version.');
  if (proof.format !== knownFormat) throw new NotVerified('unable', `This page does not know the encoding ${proof.format}: load it anew.`);
  if (version.userId !== userId || (version.user?.id ?? userId) !== userId) {
    throw new NotVerified('forged', 'The version is another user’s.');
  }
  const content = await checkContent(version, proof);
  const actor = await check('actor', textOrNull(version.actor), proof.actorSalt, proof.actorHash);
  const hash = await leafHash(bytesOf(canonicalJson(entryOf(version, proof))));
  if (!sameBytes(hash, proof.hash)) throw new NotVerified('forged', 'Its action, time, place or changed fields are not what was committed.');
  return { hash, content, actor };
}
