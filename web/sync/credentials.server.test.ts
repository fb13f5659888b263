// A gateway that asks for proof: who writes, who may only read, and who may erase.
import { createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type Interceptor, type Transport } from '@connectrpc/connect';
import { createGrpcWebTransport } from '@connectrpc/connect-web';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { AdminService } from './generated/users/v1/admin_service_pb.ts';
import { HistoryService } from './generated/users/v1/history_service_pb.ts';
import { Browser } from './testing/browser.ts';
import { eventually } from './testing/eventually.ts';
import { RunningSystem } from './testing/running_system.ts';
import { edited, newUser } from './user.ts';

const secret = randomBytes(32).toString('hex');
const [keyId, issuer, audience] = ['key-of-test', 'https://issuer.example', 'usersync'];
const browsers: Browser[] = [];
let folder: string;
let system: RunningSystem;

type Headers = Record<string, string>;

/** What the issuer gives somebody with a role. */
function token(actor: string, role: string, key = secret): Headers {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { iss: issuer, aud: audience, sub: actor, roles: [role], exp: Math.floor(Date.now() / 1000) + 3_600 };
  const text = `${part({ alg: 'HS256', kid: keyId })}.${part(claims)}`;
  return { authorization: `Bearer ${text}.${createHmac('sha256', key).update(text).digest('base64url')}` };
}

/** The gateway, for calls that are not the replication's. */
function api(headers: Headers): Transport {
  const named: Interceptor = (next) => (request) => {
    for (const [name, value] of Object.entries(headers)) request.header.set(name, value);
    return next(request);
  };
  return createGrpcWebTransport({ baseUrl: system.gatewayUrl, interceptors: [named] });
}

async function open(headers: () => Headers): Promise<Browser> {
  const browser = await Browser.open();
  browsers.push(browser);
  browser.replicate({ gateway: system.gatewayUrl, headers });
  return browser;
}

const someone = () => newUser({ email: `${crypto.randomUUID()}@example.com`, status: 'active' });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'usersync-key-'));
  const key = join(folder, 'key');
  writeFileSync(key, secret, { mode: 0o600 });
  system = await RunningSystem.start({
    USERSYNC_JWT_KEY: key,
    USERSYNC_JWT_KEY_ALGORITHM: 'HS256',
    USERSYNC_JWT_KEY_ID: keyId,
    USERSYNC_JWT_ISSUER: issuer,
    USERSYNC_JWT_AUDIENCE: audience,
  });
});

afterEach(async () => {
  await Promise.all(browsers.splice(0).map((browser) => browser.close()));
});

afterAll(async () => {
  await system?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('the history names whom the token names', async () => {
  const carol = await open(() => token('carol', 'writer'));
  const user = someone();
  await carol.users.insert(user);
  const history = createClient(HistoryService, api(token('dora', 'reader')));
  await eventually(async () => {
    const { versions } = await history.listVersions({ userId: user.id });
    expect(versions.map(({ actor }) => actor)).toEqual(['carol']);
  });
});

test('a token that is refused is asked for again, until one is taken', async () => {
  let headers = token('carol', 'writer', 'another key, which is as long as it must be');
  const carol = await open(() => headers);
  const errors: string[] = [];
  carol.replication.errors$.subscribe(({ message }) => errors.push(message));
  const user = someone();
  await carol.users.insert(user);
  await eventually(() => expect(errors.join()).toContain('unauthenticated'));

  headers = token('carol', 'writer');
  const witness = await open(() => token('dora', 'reader'));
  await eventually(async () => expect(await witness.row(user.id)).toEqual(user));
});

test('who may only read sees everything; what they write is denied, kept, and gone from the row', async () => {
  const [carol, dora] = [await open(() => token('carol', 'writer')), await open(() => token('dora', 'reader'))];
  const user = someone();
  await carol.users.insert(user);
  await eventually(async () => expect(await dora.row(user.id)).toEqual(user));

  const [mine, own] = [edited(user, { status: 'paused' }), someone()];
  await dora.users.incrementalUpsert(mine);
  await dora.users.insert(own);
  await eventually(async () => {
    const refused = await dora.refused();
    expect(refused).toHaveLength(2);
    expect(refused).toContainEqual(expect.objectContaining({ id: user.id, outcome: 'DENIED', mine: { ...mine, _deleted: false } }));
    expect(refused).toContainEqual(expect.objectContaining({ id: own.id, outcome: 'DENIED', base: null }));
    expect((await dora.pending()).size).toBe(0);
    expect([await dora.row(user.id), await dora.row(own.id)]).toEqual([user, null]);
  });
  const later = edited(user, { role: 'admin' });
  await carol.users.incrementalUpsert(later);
  await eventually(async () => expect(await dora.row(user.id)).toEqual(later));
});

test('who is erased is a placeholder in every browser, over both transports', async () => {
  const carol = await open(() => token('carol', 'writer'));
  const bob = await Browser.open();
  browsers.push(bob);
  bob.replicate({ nats: system.natsWsUrl });
  const user = someone();
  await carol.users.insert(user);
  await carol.users.incrementalUpsert(edited(user, { status: 'paused' }));
  await eventually(async () => expect(await bob.row(user.id)).toMatchObject({ status: 'paused' }));

  await createClient(AdminService, api(token('ada', 'admin'))).eraseUser({ userId: user.id });
  const late = await open(() => token('dora', 'reader'));
  for (const browser of [carol, bob, late]) {
    await eventually(async () =>
      expect(await browser.stored(user.id)).toEqual({
        id: user.id,
        email: `erased-${user.id}@erased.invalid`,
        status: 'erased',
        created_at: '1970-01-01T00:00:00Z',
        updated_at: '1970-01-01T00:00:00Z',
        _deleted: true,
      }),
    );
  }
});
