import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Action, Auth, VersionSchema, type Version } from '@usersync/sync/generated/users/v1/version_pb';
import type { Bytes } from '../bytes.ts';

export function bytesOfHex(hex: string): Bytes {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** The example that store/README.md points to, and that the independent verifier in tests/verifier runs too. */
export const hashes = [
  '9f43a085ca125886f6a3a3b726035880bc989b37003f64401a072ef6e184657d',
  '662b1d0ee9b9551070cb211d34f90ecae7bc8489723e980fe5ef5de1e5fb762c',
  '71cd6d4a6a106a30416c8bfca7d30e629aa2223f8c1bf85ec747b2e7014c4ea8',
] as const;
export const leaves = hashes.map(bytesOfHex);
export const rootOf2 = bytesOfHex('53208703678a97f222a24cbded68c448f6c376b178dee48b73394b475c4841f0');
export const rootOf3 = bytesOfHex('2dff14996624febfdb626a1cda0ef706f02561ca6263a138a00819503683539f');

const bodyHashes = [
  '117cfd9c481fd741cf1ae12c09ca39723460dec0222c528a04f3af9e0874f620',
  '71dba6df970ea7c10592cf6a6f12ee5c90693ab1bc2f54d24008963822c7d66f',
  '0ec89159c7b6b6676d194b7eb0d114045e2d82c4365d32de64dd4d041b368a25',
];
const actorHashes = [
  '18a401dbc38d1bcd3a80159af9aa13a0639056e946b8f94f077e55b2b6d4951c',
  '0156400d971874481dc2c0895e019c5a28eeabf8a8434c1d03c4b8266459edf5',
  'c05666999752ce585d4b373cf94e400fcf6de24a50cebe0aee1a5f8e692a96a6',
];

export const allFields = ['created_at', 'email', 'id', 'status', 'updated_at'];

type Parts = Pick<Version, 'action' | 'actor' | 'auth' | 'changedFields' | 'mutationId' | 'version'> & {
  id: string;
  email: string;
  status: string;
  updatedAt: string;
  committedAt: number;
  reason?: string;
  before?: string;
};

function version(sequence: number, { id, email, status, updatedAt, committedAt, before = '00'.repeat(32), ...parts }: Parts): Version {
  const commitTime = timestampFromDate(new Date(Math.floor(committedAt / 1000)));
  commitTime.nanos += (committedAt % 1000) * 1000;
  return create(VersionSchema, {
    ...parts,
    sequence: BigInt(sequence),
    userId: id,
    user: { id, email, status, createdAt: '2024-01-01T00:00:00Z', updatedAt },
    commitTime,
    proof: {
      format: 'usersync.version.1',
      bodySalt: new Uint8Array(16).fill(0xb0 + sequence),
      bodyHash: bytesOfHex(bodyHashes[sequence - 1] ?? ''),
      actorSalt: new Uint8Array(16).fill(0xa0 + sequence),
      actorHash: bytesOfHex(actorHashes[sequence - 1] ?? ''),
      previousHash: bytesOfHex(before),
      hash: bytesOfHex(hashes[sequence - 1] ?? ''),
    },
  });
}

/** Its three versions, as HistoryService sends them: two of the user u-1, one of u-2. */
export function workedExample(): [Version, Version, Version] {
  const ann = { id: 'u-1', email: 'ann@example.com' };
  return [
    version(1, {
      ...ann, version: 1, action: Action.CREATE, actor: 'alice', auth: Auth.NATS, changedFields: allFields, mutationId: 'm-1',
      status: 'active', updatedAt: '2024-01-01T00:00:00Z', committedAt: 1704067200000000,
    }),
    version(2, {
      ...ann, version: 2, action: Action.UPDATE, actor: 'bob', auth: Auth.JWT, changedFields: ['status', 'updated_at'], mutationId: 'm-2',
      status: 'é"\n', updatedAt: '2024-01-02T00:00:00.000Z', committedAt: 1704153600000001, reason: 'why', before: hashes[0],
    }),
    version(3, {
      id: 'u-2', email: 'bo@example.com', version: 1, action: Action.CREATE, actor: 'frontend-client', auth: Auth.NONE, changedFields: allFields, mutationId: 'm-3',
      status: 'active', updatedAt: '2024-01-01T00:00:00Z', committedAt: 1704153600000002,
    }),
  ];
}

const name = 'localhost/usersync/00000000-0000-4000-8000-000000000000';

/** Signed by OpenSSL with the key 00 01 02 ... 1f. */
export const vkey = `${name}+1f7bb4d3+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4`;
export const signedHead =
  `${name}\n3\nLf8UmWYk/r/bYmoc2g73BvAlYcpiY6E4oAgZUDaDU58=\n\n— ${name} ` +
  'H3u00/yH3Y/JkK1gUEUWKt6bdAd5B2GmfOkAPRbZfPUPD/cmcVspwCcmYPCDi6P7c1fkB7LqATTUpfyM0zmm95FU9Ao=\n';
