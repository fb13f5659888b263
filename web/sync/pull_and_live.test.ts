// What comes from the store, with RxDB and a store in memory.
import { beforeEach, expect, test } from 'vitest';
import { Profile } from './testing/browser.ts';
import { closePage, closePagesAfterEach, openSynced } from './testing/pages.ts';
import { eventually } from './testing/eventually.ts';
import { FakeStore } from './testing/fake_store.ts';
import { user } from './testing/users.ts';

let store: FakeStore;

beforeEach(() => {
  store = new FakeStore();
});
closePagesAfterEach();

function users(count: number) {
  return Array.from({ length: count }, (_, i) => user({ id: `u${i}`, email: `u${i}@example.com` }));
}

test('pages that are cut by size are asked for until there is no more', async () => {
  for (const one of users(25)) store.commit(one);
  const { browser, transport } = await openSynced(store, { batchSize: 10, prepare: (made) => (made.pageSize = 3) });
  expect(await browser.users.count().exec()).toBe(25);
  expect(Math.max(...transport.pulls.map(({ limit }) => limit))).toBe(10);
});

test('a page is 500 documents unless somebody says otherwise', async () => {
  const { transport } = await openSynced(store);
  expect(transport.pulls[0]?.limit).toBe(500);
});

test('a change is applied as it comes, without a pull', async () => {
  const { browser, transport } = await openSynced(store);
  const { length } = transport.pulls;
  store.commit(user());
  store.commit(user({ status: 'paused' }));
  await eventually(async () => expect(await browser.stored('u1')).toEqual(user({ status: 'paused' })));
  expect(transport.pulls).toHaveLength(length);
});

// However many there are, one pull is asked: live_feed.test.ts.
test('a gap is healed', async () => {
  const { browser, transport } = await openSynced(store);
  for (const one of users(20)) {
    transport.muted = store.head % 2 === 0;
    store.commit(one);
  }
  await eventually(async () => expect(await browser.users.count().exec()).toBe(20));
  expect((await browser.counters()).resyncs).toBeGreaterThan(0);
});

test('a gap is healed though RxDB forgets to pull, as it does after an event that waited for a push', async () => {
  const { browser, transport } = await openSynced(store);
  let tell = (): void => undefined;
  const mayTell = new Promise<void>((go) => (tell = go));
  transport.beforeReceipts = () => mayTell;
  const { _deleted, ...mine } = user({ id: 'mine', email: 'mine@example.com' });
  await browser.users.insert(mine);
  await eventually(() => expect(transport.sent).toHaveLength(1));
  const [first, second, third] = users(3);
  store.commit(first!);
  transport.muted = true;
  store.commit(second!);
  transport.muted = false;
  store.commit(third!);
  await eventually(async () => expect(await browser.counters()).toHaveProperty('resyncs', expect.toSatisfy((count: number) => count > 0)));
  tell();
  await eventually(async () => expect(await browser.users.count().exec()).toBe(4));
});

test('a repeat is healed', async () => {
  const { browser, transport } = await openSynced(store);
  const change = store.commit(user());
  transport.broadcast(change);
  await eventually(async () => expect((await browser.counters()).resyncs).toBeGreaterThan(0));
});

test('what was missed while the connection was lost is healed', async () => {
  const { browser, transport } = await openSynced(store);
  transport.setOnline(false);
  store.commit(user());
  transport.setOnline(true);
  await eventually(async () => expect(await browser.stored('u1')).toEqual(user()));
});

test('a heartbeat that stays ahead is healed', async () => {
  const { browser, transport } = await openSynced(store);
  transport.muted = true;
  store.commit(user());
  const begun = Date.now();
  transport.heartbeat();
  await eventually(async () => expect(await browser.stored('u1')).toEqual(user()));
  expect(Date.now() - begun).toBeGreaterThanOrEqual(2000);
});

test('a change that is older than the row is dropped', async () => {
  const { browser, transport } = await openSynced(store);
  transport.muted = true;
  const older = store.commit(user());
  store.commit(user({ status: 'paused' }));
  transport.setOnline(true);
  await eventually(async () => expect(await browser.stored('u1')).toEqual(user({ status: 'paused' })));
  // Broadcasts may lag behind what is pulled.
  transport.muted = false;
  transport.broadcast(older);
  store.commit(user({ id: 'u2', email: 'u2@example.com' }));
  await eventually(async () => expect(await browser.stored('u2')).not.toBeNull());
  expect(await browser.stored('u1')).toEqual(user({ status: 'paused' }));
});

test('a change whose content was erased only takes its place in the sequence', async () => {
  const { browser, transport } = await openSynced(store);
  const { length } = transport.pulls;
  store.commit(user());
  transport.muted = true;
  const erased = store.commit(user({ id: 'u2' }));
  transport.muted = false;
  transport.broadcast({ ...erased, document: null });
  store.commit(user({ status: 'paused' }));
  await eventually(async () => expect(await browser.stored('u1')).toEqual(user({ status: 'paused' })));
  expect(transport.pulls).toHaveLength(length);
});

test('where a page was closed, the next one goes on', async () => {
  const profile = new Profile();
  for (const one of users(3)) store.commit(one);
  await closePage(await openSynced(store, { profile }));
  store.commit(user({ id: 'u9', email: 'u9@example.com' }));
  const { browser, transport } = await openSynced(store, { profile });
  expect(await browser.users.count().exec()).toBe(4);
  expect(transport.pulls[0]?.checkpoint).not.toBeNull();
  expect(await browser.counters()).toMatchObject({ pulled: 1 });
});
