// Who leads, where the browser has locks. With RxDB and a store in memory.
import { filter, firstValueFrom } from 'rxjs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LocalEdits } from './local_edits.ts';
import { Profile } from './testing/browser.ts';
import { eventually } from './testing/eventually.ts';
import { FakeStore } from './testing/fake_store.ts';
import { Locks } from './testing/locks.ts';
import { closePage, closePagesAfterEach, openPage, openSynced } from './testing/pages.ts';
import { user } from './testing/users.ts';

let store: FakeStore;
let profile: Profile;

beforeEach(() => {
  store = new FakeStore();
  profile = new Profile();
  vi.stubGlobal('navigator', { locks: new Locks() });
});
closePagesAfterEach();
afterEach(() => vi.unstubAllGlobals());

test('a tab where the replication is stopped gives the lead to the next, and can wait for it again', async () => {
  const first = await openSynced(store, { profile, tabs: true });
  const second = await openPage(store, { profile, tabs: true });
  await firstValueFrom(second.browser.replication.state$.pipe(filter((state) => state === 'waiting')));
  expect(second.transport.pulls).toEqual([]);

  await first.browser.replication.cancel();
  await firstValueFrom(second.browser.replication.state$.pipe(filter((state) => state === 'active')));
  store.commit(user());
  await eventually(async () => expect(await first.browser.stored('u1')).toEqual(user()));

  const again = first.browser.replicate({ transport: store.connect() });
  await firstValueFrom(again.state$.pipe(filter((state) => state === 'waiting')));
});

test('a tab that waits can be stopped, which is no error, and the one behind it leads', async () => {
  const [first, second, third] = [
    await openSynced(store, { profile, tabs: true }),
    await openPage(store, { profile, tabs: true }),
    await openPage(store, { profile, tabs: true }),
  ];
  await firstValueFrom(third.browser.replication.state$.pipe(filter((state) => state === 'waiting')));
  const errors: Error[] = [];
  second.browser.replication.errors$.subscribe((error) => errors.push(error));
  await second.browser.replication.cancel();
  expect(errors).toEqual([]);
  await first.browser.replication.cancel();
  await firstValueFrom(third.browser.replication.state$.pipe(filter((state) => state === 'active')));
});

test('a tab that waits knows how the one that leads is doing', async () => {
  const first = await openSynced(store, { profile, tabs: true });
  const { leader$ } = (await openPage(store, { profile, tabs: true })).browser.replication;
  await eventually(async () => expect(await firstValueFrom(leader$)).toEqual({ state: 'active', transport: 'fake' }));
  first.transport.setOnline(false);
  await eventually(async () => expect(await firstValueFrom(leader$)).toEqual({ state: 'offline', transport: 'fake' }));
});

test('the way is known before there is a connection', async () => {
  const { browser } = await openPage(store, { profile, tabs: true, prepare: (made) => (made.start = () => undefined) });
  await eventually(async () => expect(await firstValueFrom(browser.replication.leader$)).toEqual({ state: 'connecting', transport: 'fake' }));
});

test('a tab that led does not say that it is stopped where another may lead', async () => {
  const first = await openSynced(store, { profile, tabs: true });
  const second = await openPage(store, { profile, tabs: true });
  const edits = new LocalEdits(first.browser.users);
  const states = new Set<string | undefined>();
  second.browser.replication.leader$.subscribe((leader) => states.add(leader?.state));
  await first.browser.replication.cancel();
  await firstValueFrom(second.browser.replication.state$.pipe(filter((state) => state === 'active')));
  await closePage(second);
  await edits.close();
  expect(states).not.toContain('stopped');
});

test('a tab that leads never says that it waits', async () => {
  const { browser } = await openPage(store, { profile, tabs: true });
  const states: string[] = [];
  browser.replication.state$.subscribe((state) => states.push(state));
  await browser.replication.inSync();
  expect(states).not.toContain('waiting');
});
