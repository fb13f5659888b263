// Browsers, NATS or the gateway, the bridge, the store and PostgreSQL.
import { afterEach, describe, expect, inject, test } from 'vitest';
import type { ReplicateUsersOptions } from './options.ts';
import { Browser, Profile } from './testing/browser.ts';
import { eventually } from './testing/eventually.ts';
import { edited, newUser } from './user.ts';

type Way = Omit<ReplicateUsersOptions, 'collection'>;

const nats: Way = { nats: inject('natsWsUrl') };
const alice: Way = { ...nats, actor: 'alice', credentials: { user: 'alice', pass: inject('alicePassword') } };
const gateway: Way = { gateway: inject('gatewayUrl') };
/** Nobody listens there, as where WebSocket is blocked. */
const blocked: Way = { nats: 'ws://127.0.0.1:1', ...gateway };

const browsers: Browser[] = [];

afterEach(async () => {
  await Promise.all(browsers.splice(0).map((browser) => browser.close()));
});

async function open(way: Way, profile?: Profile): Promise<Browser> {
  const browser = await Browser.open(profile);
  browsers.push(browser);
  browser.replicate(way);
  return browser;
}

function someone() {
  return newUser({ email: `${crypto.randomUUID()}@example.com`, status: 'active' });
}

describe.each([
  ['NATS', nats, alice],
  ['gRPC-Web', gateway, { ...gateway, actor: 'alice' }],
  ['one on NATS, one where WebSocket is blocked', nats, blocked],
])('over %s', (_, one, other) => {
  test('a user that one browser makes is seen by another, edited, and deleted', async () => {
    const [ann, bob] = [await open(one), await open(other)];
    const user = someone();
    await ann.users.insert(user);
    await eventually(async () => expect(await bob.row(user.id)).toEqual(user));

    const later = edited(user, { status: 'paused', role: 'admin' });
    await bob.users.incrementalUpsert(later);
    await eventually(async () => expect(await ann.row(user.id)).toEqual(later));

    await (await ann.users.findOne(user.id).exec())?.remove();
    await eventually(async () => expect(await bob.row(user.id)).toBeNull());
  });

  test('edits of different fields at once are joined in both', async () => {
    const [ann, bob] = [await open(one), await open(other)];
    const user = someone();
    await ann.users.insert(user);
    await eventually(async () => expect(await bob.row(user.id)).toEqual(user));
    await Promise.all([
      ann.users.incrementalUpsert(edited(user, { status: 'paused' })),
      bob.users.incrementalUpsert(edited(user, { role: 'admin' })),
    ]);
    await eventually(async () => {
      expect(await ann.row(user.id)).toMatchObject({ status: 'paused', role: 'admin' });
      expect(await bob.row(user.id)).toEqual(await ann.row(user.id));
    });
  });

  test('edits of one field at once are a conflict, kept with both sides', async () => {
    const [ann, bob] = [await open(one), await open(other)];
    const user = someone();
    await ann.users.insert(user);
    await eventually(async () => expect(await bob.row(user.id)).toEqual(user));
    const [mine, theirs] = [edited(user, { status: 'paused' }), edited(user, { status: 'blocked' })];
    await Promise.all([ann.users.incrementalUpsert(mine), bob.users.incrementalUpsert(theirs)]);
    await eventually(async () => {
      const refused = [...(await ann.refused()), ...(await bob.refused())];
      expect(refused).toMatchObject([{ outcome: 'CONFLICT', base: user, conflicts: [{ field: 'status', base: 'active' }] }]);
      expect(await ann.row(user.id)).toEqual(await bob.row(user.id));
    });
  });

  test('an address that is taken is refused, and can be corrected', async () => {
    const ann = await open(other);
    const [user, second] = [someone(), someone()];
    await ann.users.insert(user);
    await ann.users.insert({ ...second, email: user.email });
    await eventually(async () => expect(await ann.refused()).toHaveLength(1));
    const [refused] = await ann.refused();
    expect(refused).toMatchObject({ outcome: 'INVALID', violations: [{ field: 'email', reason: 'EMAIL_TAKEN' }] });
    await eventually(async () => expect(await ann.row(second.id)).toBeNull());
    await ann.replication.applyAgain(refused?.key ?? '', { ...second, _deleted: false });
    await eventually(async () => {
      expect(await ann.row(second.id)).toMatchObject({ email: second.email });
      expect((await ann.pending()).size).toBe(0);
    });
    expect(await ann.refused()).toEqual([]);
  });

  test('many users reach a browser that comes later', async () => {
    const ann = await open(one);
    const users = Array.from({ length: 300 }, someone);
    await ann.users.bulkInsert(users);
    await ann.replication.inSync();
    await eventually(async () => expect((await ann.pending()).size).toBe(0));
    const bob = await open(other);
    await eventually(async () => {
      const found = await bob.users.findByIds(users.map(({ id }) => id)).exec();
      expect(found.size).toBe(users.length);
    });
  });
});
