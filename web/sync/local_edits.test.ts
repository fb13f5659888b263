// What is not saved, as it is shown whether or not a replication runs. With RxDB and a store in memory.
import { firstValueFrom } from 'rxjs';
import { beforeEach, expect, test } from 'vitest';
import { LocalEdits } from './local_edits.ts';
import { LocalStore } from './local_store.ts';
import { Profile } from './testing/browser.ts';
import { eventually } from './testing/eventually.ts';
import { FakeStore } from './testing/fake_store.ts';
import { closePage, closePagesAfterEach, openPage, openSynced, settled } from './testing/pages.ts';
import { user } from './testing/users.ts';
import { edited, newUser } from './user.ts';

let store: FakeStore;

beforeEach(() => {
  store = new FakeStore();
  store.judge = ({ document }) => (document.status === 'bad' ? {} : null);
});
closePagesAfterEach();

function mine(status = 'active') {
  return newUser({ email: `${crypto.randomUUID()}@example.com`, status });
}

test('an edit is unsent until it is saved; what came from others never is', async () => {
  store.commit(user());
  const page = await openSynced(store);
  const { browser, transport } = page;
  const edits = new LocalEdits(browser.users);
  const saved = mine();
  await browser.users.insert(saved);
  await eventually(() => expect(store.documentOf(saved.id)).not.toBeNull());
  await settled(page);
  expect(await edits.unsent()).toEqual(new Set());

  transport.setOnline(false);
  const waiting = mine();
  await browser.users.insert(waiting);
  await browser.users.incrementalUpsert(edited(saved, { status: 'paused' }));
  // RxDB sends one batch after the other: of these the second waits for the first.
  const unsent = new Set([waiting.id, saved.id]);
  expect(await edits.unsent()).toEqual(unsent);
  await eventually(async () => expect(await firstValueFrom(edits.unsent$)).toEqual(unsent));
  transport.setOnline(true);
  await eventually(async () => expect(await firstValueFrom(edits.unsent$)).toEqual(new Set()));
});

test('who watches is told of each change', async () => {
  const { browser, transport } = await openSynced(store);
  const told: string[][] = [];
  new LocalEdits(browser.users).unsent$.subscribe((ids) => told.push([...ids]));
  await eventually(() => expect(told).toEqual([[]]));
  transport.setOnline(false);
  const row = mine();
  await browser.users.insert(row);
  // At once: nobody is to believe for a moment that it is saved.
  expect(told.at(-1)).toEqual([row.id]);
  transport.setOnline(true);
  await eventually(() => expect(told.at(-1)).toEqual([]));
});

test('without a replication everything that was written since is unsent, deletions too, also for a later page', async () => {
  store.commit(user());
  const profile = new Profile();
  const page = await openSynced(store, { profile });
  await page.browser.replication.cancel();
  const row = mine();
  await page.browser.users.insert(row);
  await (await page.browser.users.findOne('u1').exec())?.remove();
  const unsent = new Set([row.id, 'u1']);
  expect(await new LocalEdits(page.browser.users).unsent()).toEqual(unsent);
  await closePage(page);

  const later = await openPage(store, { profile, prepare: (transport) => (transport.start = () => undefined) });
  const edits = new LocalEdits(later.browser.users);
  expect(await edits.unsent()).toEqual(unsent);
  later.transport.setOnline(true);
  await eventually(async () => expect(await firstValueFrom(edits.unsent$)).toEqual(new Set()));
});

test('where no replication ever ran, all rows are unsent', async () => {
  const { browser } = await openPage(store, { prepare: (transport) => (transport.start = () => undefined) });
  const row = mine();
  await browser.users.insert(row);
  expect(await new LocalEdits(browser.users).unsent()).toEqual(new Set([row.id]));
});

test('refused edits stay when the replication has ended, and can be dealt with: the next one sends them', async () => {
  const { browser } = await openSynced(store);
  const [again, dropped] = [mine('bad'), mine('bad')];
  await browser.users.bulkInsert([again, dropped]);
  await eventually(async () => expect(await browser.refused()).toHaveLength(2));
  await browser.replication.cancel();

  const edits = new LocalEdits(browser.users);
  const keyOf = async (id: string) => (await firstValueFrom(edits.refused$)).find((edit) => edit.id === id)?.key ?? '';
  await edits.applyAgain(await keyOf(again.id), { ...again, status: 'good', _deleted: false });
  await edits.drop(await keyOf(dropped.id));
  expect(await firstValueFrom(edits.refused$)).toEqual([]);
  browser.replicate({ transport: store.connect() });
  await eventually(() => expect(store.documentOf(again.id)).toMatchObject({ status: 'good' }));
  expect(store.documentOf(dropped.id)).toBeNull();
});

test('the local store is shared: the replication goes on when who showed its edits has closed, and the other way round', async () => {
  const page = await openSynced(store);
  const { browser } = page;
  const edits = new LocalEdits(browser.users);
  await edits.close();
  await edits.close();
  await browser.users.insert(mine('bad'));
  await eventually(async () => expect(await browser.refused()).toHaveLength(1));
  const others = new LocalEdits(browser.users);
  await browser.replication.cancel();
  expect(await firstValueFrom(others.refused$)).toHaveLength(1);
  await others.close();
  expect(Object.keys(browser.database.collections)).toEqual(['users']);
});

test('what the tab that leads says of itself is no reason to look at the rows', async () => {
  const { browser } = await openSynced(store);
  const kept = await LocalStore.open(browser.database, 'users');
  let told = 0;
  kept.changes$.subscribe(() => (told += 1));
  await kept.saveLeader({ state: 'offline', transport: null });
  await kept.savePending([{ id: 'u1', mutations: [], late: null }]);
  await eventually(() => expect(told).toBe(1));
  await kept.close();
});
