import { expect, test } from 'vitest';
import { Action, Auth, type Version } from '@usersync/sync/generated/users/v1/version_pb';
import { hexOf } from './bytes.ts';
import { NotVerified } from './not_verified.ts';
import { hashes, workedExample } from './testing/worked_example.ts';
import { hashVersion } from './version_hash.ts';

test('the worked example has its hashes', async () => {
  const hashed = await Promise.all(workedExample().map((version) => hashVersion(version.userId, version)));
  expect(hashed.map(({ hash }) => hexOf(hash))).toEqual(hashes);
  for (const { content, actor } of hashed) expect([content, actor]).toEqual(['checked', 'checked']);
});

const another = new Uint8Array(32).fill(7);

/** Everything that is shown of a version, changed. */
const lies: Record<string, (version: Version) => void> = {
  sequence: (version) => (version.sequence = 3n),
  version: (version) => (version.version = 3),
  action: (version) => (version.action = Action.RESTORE),
  actor: (version) => (version.actor = 'mallory'),
  'no actor': (version) => (version.actor = ''),
  auth: (version) => (version.auth = Auth.NONE),
  reason: (version) => (version.reason = 'because'),
  'no reason': (version) => (version.reason = ''),
  mutation: (version) => (version.mutationId = 'm-9'),
  'changed fields': (version) => version.changedFields.push('role'),
  'time in microseconds': (version) => (version.commitTime!.nanos += 1000),
  'time in seconds': (version) => (version.commitTime!.seconds += 1n),
  'e-mail address': (version) => (version.user!.email = 'eve@example.com'),
  status: (version) => (version.user!.status = 'é"'),
  'a role': (version) => (version.user!.role = ''),
  'created_at': (version) => (version.user!.createdAt = '2024-01-01T00:00:00.0Z'),
  'updated_at': (version) => (version.user!.updatedAt = '2024-01-02T00:00:00Z'),
  deleted: (version) => (version.user!.deleted = true),
  'the id of the user': (version) => (version.user!.id = 'u-2'),
  'whose it is': (version) => (version.userId = 'u-2'),
  'no content': (version) => delete version.user,
  'another hash of the content': (version) => (version.proof!.bodyHash = another),
  'another salt of the content': (version) => (version.proof!.bodySalt = another),
  'another hash of the actor': (version) => (version.proof!.actorHash = another),
  'another salt of the actor': (version) => (version.proof!.actorSalt = another),
  'another version before': (version) => (version.proof!.previousHash = another),
  'another hash': (version) => (version.proof!.hash = another),
};

test.each(Object.keys(lies))('a lie about this is found: %s', async (name) => {
  const [, version] = workedExample();
  lies[name]!(version);
  await expect(hashVersion('u-1', version)).rejects.toMatchObject({ doubt: 'forged' });
});

test('what was erased still has its hash', async () => {
  const [, version] = workedExample();
  delete version.user;
  version.reason = version.mutationId = version.actor = '';
  version.proof!.bodySalt = version.proof!.actorSalt = new Uint8Array();
  const { hash, content, actor } = await hashVersion('u-1', version);
  expect([hexOf(hash), content, actor]).toEqual([hashes[1], 'destroyed', 'destroyed']);
});

test('content that is not sent whole is not said to be checked', async () => {
  const [, version] = workedExample();
  version.conflicts.push({ $typeName: 'users.v1.FieldConflict', field: 'status' });
  expect((await hashVersion('u-1', version)).content).toBe('unchecked');
  version.conflicts = [];
  version.user!.$unknown = [{ no: 9, wireType: 2, data: another }];
  expect((await hashVersion('u-1', version)).content).toBe('unchecked');
});

test('an encoding that this page does not know is no forgery', async () => {
  const [version] = workedExample();
  version.proof!.format = 'usersync.version.2';
  await expect(hashVersion('u-1', version)).rejects.toMatchObject({ doubt: 'unable' });
  delete version.proof;
  await expect(hashVersion('u-1', version)).rejects.toBeInstanceOf(NotVerified);
});
