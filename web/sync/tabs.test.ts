// Several tabs of one browser, and the end of a replication, with RxDB and a store in memory.
import { REPLICATION_STATE_BY_COLLECTION } from 'rxdb/plugins/replication';
import { firstValueFrom, filter } from 'rxjs';
import { beforeEach, expect, test, vi } from 'vitest';
import { usersConflictHandler } from './conflict_handler.ts';
import { closePage, closePagesAfterEach, openPage, openSynced } from './testing/pages.ts';
import { Profile } from './testing/browser.ts';
import { eventually } from './testing/eventually.ts';
import { FakeStore } from './testing/fake_store.ts';
import { user } from './testing/users.ts';
import { newUser } from './user.ts';

let store: FakeStore;

beforeEach(() => {
  store = new FakeStore();
});
closePagesAfterEach();

test('one tab leads; the others share its rows, its pending edits and what was refused', async () => {
  const profile = new Profile();
  const first = await openSynced(store, { profile, tabs: true });
  const second = await openPage(store, { profile, tabs: true });
  store.judge = ({ document }) => (document.status === 'bad' ? {} : null);
  const [good, bad] = [newUser({ email: 'a@example.com', status: 'good' }), newUser({ email: 'b@example.com', status: 'bad' })];
  await second.browser.users.bulkInsert([good, bad]);
  await eventually(() => expect(store.documentOf(good.id)).toMatchObject(good));
  await eventually(async () => expect(await second.browser.refused()).toMatchObject([{ id: bad.id }]));
  expect(second.transport.pulls).toEqual([]);
  expect(await firstValueFrom(second.browser.replication.state$)).toBe('waiting');

  await closePage(first);
  await eventually(() => expect(second.transport.pulls).not.toEqual([]));
  store.commit(user());
  await eventually(async () => expect(await second.browser.stored('u1')).toEqual(user()));
});

test('what came is counted in every tab, and once, whichever of them leads', async () => {
  const profile = new Profile();
  store.commit(user());
  const first = await openSynced(store, { profile, tabs: true });
  const second = await openPage(store, { profile, tabs: true });
  await firstValueFrom(second.browser.replication.state$.pipe(filter((state) => state === 'waiting')));
  const came = ({ browser }: typeof first) => firstValueFrom(browser.replication.came$);
  store.commit(user({ id: 'u2' }));
  store.commit(user({ id: 'u3' }));
  // The first came before the second tab was there.
  await eventually(async () => expect([await came(first), await came(second)]).toEqual([3, 2]));
  await closePage(first);
  await firstValueFrom(second.browser.replication.state$.pipe(filter((state) => state === 'active')));
  // It may have asked for the newest ones once more.
  const before = await came(second);
  store.commit(user({ id: 'u4' }));
  await eventually(async () => expect(await came(second)).toBe(before + 1));
});

test('a replication brings its conflict handler, and when it is cancelled closes what it opened', async () => {
  const { browser, transport } = await openSynced(store);
  const close = vi.spyOn(transport, 'close');
  await browser.replication.cancel();
  await browser.replication.cancel();
  expect(close).toHaveBeenCalledOnce();
  expect(REPLICATION_STATE_BY_COLLECTION.get(browser.users)).toEqual([]);
  expect(browser.users.conflictHandler).toBe(usersConflictHandler);
  expect(await firstValueFrom(browser.replication.state$)).toBe('stopped');
  await browser.users.insert(newUser({ email: 'a@example.com', status: 'active' }));
  expect(transport.pushes).toEqual([]);
  expect(Object.keys(browser.database.collections)).toEqual(['users']);
});

test('it ends with its collection', async () => {
  const { browser, transport } = await openSynced(store);
  await browser.users.close();
  expect(await firstValueFrom(browser.replication.state$)).toBe('stopped');
  expect(transport.closed).toBe(true);
});

test('it can be cancelled while a push runs, and before there is a connection', async () => {
  const page = await openSynced(store);
  page.transport.beforeReceipts = () => new Promise(() => undefined);
  await page.browser.users.insert(newUser({ email: 'a@example.com', status: 'active' }));
  await eventually(() => expect(page.transport.sent).toHaveLength(1));
  await page.browser.replication.cancel();
  const offline = await openPage(store, { prepare: (transport) => (transport.start = () => undefined) });
  await offline.browser.replication.cancel();
  expect(offline.transport.closed).toBe(true);
});

test('it can be started again in the same page', async () => {
  const { browser } = await openSynced(store);
  await browser.replication.cancel();
  store.commit(user());
  browser.replicate({ transport: store.connect() });
  await eventually(async () => expect(await browser.stored('u1')).toEqual(user()));
});

test('its state says when it is offline, and how far it lags', async () => {
  const { browser, transport } = await openSynced(store);
  transport.setOnline(false);
  await firstValueFrom(browser.replication.state$.pipe(filter((state) => state === 'offline')));
  transport.setOnline(true);
  await firstValueFrom(browser.replication.state$.pipe(filter((state) => state === 'active')));
  transport.muted = true;
  store.commit(user());
  transport.heartbeat();
  expect(await firstValueFrom(browser.replication.lag$)).toBe(1);
  // It was overtaken by a change.
  transport.events$.next({ kind: 'heartbeat', epoch: store.epoch, seq: -1 });
  expect(await firstValueFrom(browser.replication.lag$)).toBe(0);
});
