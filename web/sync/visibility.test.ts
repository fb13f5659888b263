// Tabs that nobody sees, with RxDB and a store in memory.
import { filter, firstValueFrom } from 'rxjs';
import { afterEach, expect, test, vi } from 'vitest';
import { Profile } from './testing/browser.ts';
import { eventually } from './testing/eventually.ts';
import { FakeStore } from './testing/fake_store.ts';
import { Locks } from './testing/locks.ts';
import { closePagesAfterEach, openPage, openSynced } from './testing/pages.ts';
import { user } from './testing/users.ts';
import { newUser } from './user.ts';

closePagesAfterEach();
afterEach(() => vi.unstubAllGlobals());

test('a tab that leads works on while nobody sees it', async () => {
  const tab = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  vi.stubGlobal('document', tab);
  vi.stubGlobal('navigator', { locks: new Locks() });
  const store = new FakeStore();
  const profile = new Profile();
  const hidden = await openSynced(store, { profile, tabs: true });
  const seen = await openPage(store, { profile, tabs: true });
  await firstValueFrom(seen.browser.replication.state$.pipe(filter((state) => state === 'waiting')));

  tab.visibilityState = 'hidden';
  tab.dispatchEvent(new Event('visibilitychange'));
  const row = newUser({ email: 'ann@example.com', status: 'active' });
  await seen.browser.users.insert(row);
  await eventually(() => expect(store.documentOf(row.id)).toMatchObject(row));
  store.commit(user());
  await eventually(async () => expect(await seen.browser.stored('u1')).toEqual(user()));
  expect(hidden.transport.pushes).toHaveLength(1);
});
