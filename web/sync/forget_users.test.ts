// Forgetting all local users, with RxDB and a store in memory.
import { beforeEach, expect, test } from 'vitest';
import { forgetUsers } from './forget_users.ts';
import { Profile } from './testing/browser.ts';
import { eventually } from './testing/eventually.ts';
import { FakeStore } from './testing/fake_store.ts';
import { closePagesAfterEach, openPage, openSynced, settled } from './testing/pages.ts';
import { user } from './testing/users.ts';
import { newUser } from './user.ts';

let store: FakeStore;

beforeEach(() => {
  store = new FakeStore();
  store.commit(user());
  store.judge = ({ document }) => (document.status === 'bad' ? {} : null);
});
closePagesAfterEach();

test('all that is local is forgotten, nobody else notices, and a new replication pulls everybody again', async () => {
  const page = await openSynced(store);
  const { browser } = page;
  const mine = newUser({ email: 'mine@example.com', status: 'active' });
  await browser.users.bulkInsert([mine, newUser({ email: 'b@example.com', status: 'bad' })]);
  await eventually(async () => expect(await browser.refused()).toHaveLength(1));
  await settled(page);
  await browser.replication.cancel();
  const { head } = store;

  await forgetUsers(browser.users);
  await browser.addUsersAgain();
  expect(await browser.users.find().exec()).toEqual([]);
  expect(await browser.stored('u1')).toBeNull();

  const transport = store.connect();
  await browser.replicate({ transport }).inSync();
  await eventually(async () => expect((await browser.users.find().exec()).map(({ id }) => id).sort()).toEqual(['u1', mine.id].sort()));
  expect(await browser.refused()).toEqual([]);
  expect(await browser.pending()).toEqual(new Set());
  expect(transport.pulls[0]?.checkpoint).toBeNull();
  expect(transport.sent).toEqual([]);
  expect(store.head).toBe(head);
});

test('what was not sent is forgotten too', async () => {
  const { browser, transport } = await openSynced(store);
  await browser.replication.cancel();
  await browser.users.insert(newUser({ email: 'mine@example.com', status: 'active' }));
  await forgetUsers(browser.users);
  await browser.addUsersAgain();
  const again = store.connect();
  await browser.replicate({ transport: again }).inSync();
  expect([...transport.sent, ...again.sent]).toEqual([]);
});

test('another tab that replicates is stopped, and can begin again', async () => {
  const profile = new Profile();
  const first = await openSynced(store, { profile, tabs: true });
  const second = await openPage(store, { profile, tabs: true });
  await second.browser.replication.cancel();
  await forgetUsers(second.browser.users);
  await eventually(() => expect(first.transport.closed).toBe(true));
  await eventually(() => expect(Object.keys(first.browser.database.collections)).toEqual([]));
  await first.browser.addUsersAgain();
  first.browser.replicate({ transport: store.connect() });
  await eventually(async () => expect(await first.browser.stored('u1')).toEqual(user()));
});
