// A store whose history is not the one that the rows came from, with RxDB and a store in memory.
import { filter, firstValueFrom } from 'rxjs';
import { beforeEach, expect, test } from 'vitest';
import { closePage, closePagesAfterEach, openPage, openSynced, settled } from './testing/pages.ts';
import { Profile } from './testing/browser.ts';
import { eventually } from './testing/eventually.ts';
import { FakeStore, type FakeTransport } from './testing/fake_store.ts';
import { PullError } from './transport.ts';
import { unsentRows } from './unsent_rows.ts';
import { user } from './testing/users.ts';
import { reconcile } from './reconcile.ts';

let store: FakeStore;
const [u2, u3] = [user({ id: 'u2', email: 'u2@example.com' }), user({ id: 'u3', email: 'u3@example.com' })];

beforeEach(() => {
  store = new FakeStore();
  store.commit(user());
});
closePagesAfterEach();

const beating = (transport: FakeTransport): void => void (transport.beats = true);

test('after a restore of an older copy, rows that only we have are offered, and the others take what it says', async () => {
  const page = await openSynced(store, { prepare: beating });
  store.commit(user({ status: 'paused' }));
  store.commit(u2);
  await eventually(async () => expect(await page.browser.stored('u2')).toEqual(u2));
  page.transport.setOnline(false);
  store.restore(1);
  store.commit(u3);
  const admin = store.commit(user({ role: 'admin' })).document;
  // What the rows are compared with is more than a page.
  page.transport.pageSize = 1;
  page.transport.setOnline(true);

  await eventually(async () => {
    expect(await page.browser.stored('u1')).toEqual(admin);
    expect(await page.browser.stored('u3')).toEqual(u3);
    expect(store.documentOf('u2')).toEqual(u2);
  });
  await settled(page);
  expect(page.transport.sent).toMatchObject([{ document: u2, assumed: null }]);
  expect(await page.browser.refused()).toEqual([]);
  expect(page.browser.replication.identifier).toMatch(/\|2$/);
});

test('a restore is noticed though nobody writes and no connection is lost', async () => {
  const page = await openSynced(store, { prepare: beating });
  store.commit(user({ status: 'paused' }));
  await eventually(async () => expect(await page.browser.stored('u1')).toEqual(user({ status: 'paused' })));
  store.restore(1);
  await eventually(async () => expect(await page.browser.stored('u1')).toEqual(user()));
});

test('an edit that was never answered is not lost: it is sent with what its author believed', async () => {
  const page = await openSynced(store, { prepare: beating });
  store.commit(u2);
  await eventually(async () => expect(await page.browser.stored('u2')).toEqual(u2));
  page.transport.setOnline(false);
  await (await page.browser.users.findOne('u1').exec())?.incrementalPatch({ status: 'paused' });
  store.restore(1);
  store.commit(user({ role: 'admin' }));
  page.transport.setOnline(true);
  const both = user({ status: 'paused', role: 'admin' });
  await eventually(() => expect(store.documentOf('u1')).toEqual(both));
  await eventually(async () => expect(await page.browser.stored('u1')).toEqual(both));
  expect(await page.browser.refused()).toEqual([]);
});

test('the next page goes on with the new generation', async () => {
  const profile = new Profile();
  store.commit(u2);
  await closePage(await openSynced(store, { profile, prepare: beating }));
  store.restore(1);
  store.commit(u3);
  const second = await openPage(store, { profile, prepare: beating });
  await eventually(() => expect(store.documentOf('u2')).toEqual(u2));
  await eventually(() => expect(second.browser.replication.identifier).toMatch(/\|2$/));
  await second.browser.replication.inSync();
  await closePage(second);
  const third = await openSynced(store, { profile, prepare: beating });
  expect(third.browser.replication.identifier).toMatch(/\|2$/);
  expect(third.transport.pulls.every(({ checkpoint }) => checkpoint !== null)).toBe(true);
});

test('the rows are compared once: what is kept of the new generation says so', async () => {
  const profile = new Profile();
  await closePage(await openSynced(store, { profile, prepare: beating }));
  store.restore(0);
  const second = await openSynced(store, { profile, prepare: beating });
  const kept = () => second.browser.database.collections['users_sync']?.findOne('generation:').exec();
  await eventually(async () => expect((await kept())?.toMutableJSON().value).toMatchObject({ number: 2, reconciling: false }));
  const beliefs = () => second.browser.database.collections['users_sync']?.find({ selector: { kind: 'belief' } }).exec();
  await eventually(async () => expect(await beliefs()).toEqual([]));
  // What RxDB believed of the history before is forgotten, too.
  expect(await unsentRows(second.browser.users, 'usersync|first|1')).not.toEqual([]);
});

test('a pull that is refused for another reason is asked again after a pause, and the generation stays', async () => {
  const page = await openSynced(store, { prepare: beating });
  const asked: number[] = [];
  page.transport.beforePage = async () => {
    if (asked.push(Date.now()) === 1) throw new PullError('RATE_LIMITED', 'too many at once');
  };
  page.transport.muted = true;
  store.commit(u2);
  await eventually(async () => expect(await page.browser.stored('u2')).toEqual(u2));
  expect(page.browser.replication.identifier).toMatch(/\|1$/);
  const [first, second] = asked;
  // A second; timers and the clock round differently.
  expect(second! - first!).toBeGreaterThan(990);
});

test('the identifier contains the epoch once it is known', async () => {
  const profile = new Profile();
  const first = await openSynced(store, { profile, prepare: beating });
  store.commit(u2);
  await eventually(async () => expect(await first.browser.stored('u2')).toEqual(u2));
  await closePage(first);
  store.restore(0);
  store.epoch = 'epoch-2';
  store.commit(u3);
  const second = await openSynced(store, { profile, prepare: beating });
  store.commit(user({ id: 'u4', email: 'u4@example.com' }));
  await eventually(async () => expect(await second.browser.stored('u4')).not.toBeNull());
  await closePage(second);
  const third = await openSynced(store, { profile, prepare: beating });
  expect(third.browser.replication.identifier).toBe('usersync|epoch-2|2');
});

test('a divergence that is told twice makes one generation', async () => {
  const { browser, transport } = await openSynced(store);
  transport.setOnline(false);
  store.restore(0);
  store.commit(u3);
  const { length } = transport.pulls;
  transport.setOnline(true);
  // Which database it is nobody says, so RxDB asks once more.
  await eventually(() => expect(transport.pulls.length).toBeGreaterThan(length + 1));
  transport.heartbeat();
  await eventually(async () => expect(await browser.stored('u3')).toEqual(u3));
  await browser.replication.inSync();
  expect(browser.replication.identifier).toMatch(/\|2$/);
});

test('the sequence of the history before does not hide what is missed in the new one', async () => {
  for (let times = 0; times < 8; times += 1) store.commit({ ...u2, status: `s${times}` });
  const page = await openSynced(store, { prepare: beating });
  page.transport.setOnline(false);
  store.restore(0);
  store.commit(u3);
  page.transport.setOnline(true);
  await eventually(() => expect(store.head).toBe(3));
  await settled(page);
  page.transport.muted = true;
  store.commit({ ...u3, status: 'missed' });
  page.transport.muted = false;
  store.commit(user({ id: 'u4', email: 'u4@example.com' }));
  await eventually(async () => expect(await page.browser.stored('u3')).toMatchObject({ status: 'missed' }));
});

test('what the rows are compared with is read once, however many there are', async () => {
  for (let n = 10; n < 35; n += 1) store.commit(user({ id: `u${n}`, email: `u${n}@example.com` }));
  const { browser, transport } = await openSynced(store, { batchSize: 10, prepare: beating });
  transport.setOnline(false);
  store.restore(1);
  store.commit(u3);
  transport.pulls.length = 0;
  transport.setOnline(true);
  await eventually(() => expect(store.head).toBe(27));
  expect(browser.replication.identifier).toMatch(/\|2$/);
  // One is RxDB's.
  expect(transport.pulls.filter(({ checkpoint }) => checkpoint === null)).toHaveLength(2);
});

test('what the rows are compared with is read again if that failed', async () => {
  store.commit(u2);
  const { transport } = await openSynced(store, { prepare: beating });
  transport.setOnline(false);
  store.restore(0);
  store.commit(u3);
  // RxDB's pull, and the one to compare with.
  let failures = 2;
  transport.beforePage = async (checkpoint) => {
    if (checkpoint === null && failures-- > 0) throw new PullError('RATE_LIMITED', 'too many at once');
  };
  transport.setOnline(true);
  await eventually(() => expect(store.documentOf('u2')).toEqual(u2));
});

test('replications of one collection are told apart by name', async () => {
  const page = await openSynced(store, { identifier: 'mine' });
  expect(page.browser.replication.identifier).toBe('mine|first|1');
});

test('an edit that is made while the rows are compared is not lost', async () => {
  const page = await openSynced(store, { prepare: beating });
  store.commit(u2);
  await eventually(async () => expect(await page.browser.stored('u2')).toEqual(u2));
  page.transport.setOnline(false);
  store.restore(1);
  store.commit(user({ role: 'admin' }));
  let read = (): void => undefined;
  const mayRead = new Promise<void>((go) => (read = go));
  page.transport.beforePage = (checkpoint) => (checkpoint === null ? mayRead : Promise.resolve());
  page.transport.setOnline(true);
  await eventually(() => expect(page.browser.replication.identifier).toMatch(/\|2$/));
  await (await page.browser.users.findOne('u1').exec())?.incrementalPatch({ status: 'paused' });
  read();
  const both = user({ status: 'paused', role: 'admin' });
  await eventually(() => expect(store.documentOf('u1')).toEqual(both));
  await eventually(async () => expect(await page.browser.stored('u1')).toEqual(both));
  expect(await page.browser.refused()).toEqual([]);
});

test('what the rows are compared with is read further when there is a connection again, and that is no error', async () => {
  store.commit(u2);
  const page = await openSynced(store, { prepare: beating });
  const { browser, transport } = page;
  const errors: unknown[] = [];
  browser.replication.errors$.subscribe((error) => errors.push((error as Error & { code?: string }).code));
  transport.setOnline(false);
  store.restore(0);
  store.commit(u3);
  store.commit(user({ id: 'u4', email: 'u4@example.com' }));
  transport.pageSize = 1;
  let goOn = (): void => undefined;
  const bothBegun = new Promise<void>((go) => (goOn = go));
  let begun = 0;
  transport.beforePage = async (checkpoint) => {
    if (checkpoint !== null) return;
    begun += 1;
    // One pull is RxDB's, the other is the one to compare with.
    if (begun === 2) goOn();
    await bothBegun;
    if (begun === 2) transport.setOnline(false);
  };
  transport.setOnline(true);
  await bothBegun;
  await firstValueFrom(browser.replication.state$.pipe(filter((state) => state !== 'syncing')));
  await new Promise((go) => setImmediate(go));
  transport.setOnline(true);
  await eventually(() => expect(store.documentOf('u2')).toEqual(u2));
  await eventually(async () => expect(await browser.stored('u4')).not.toBeNull());
  expect(errors).not.toContain('RC_PUSH');
});

test('an edit that only a generation answered whose rows were never all compared is sent once more, with its own belief', async () => {
  const page = await openSynced(store, { batchSize: 10, prepare: beating });
  const { browser, transport } = page;
  store.commit(u2);
  store.commit(u3);
  await eventually(async () => expect(await browser.stored('u3')).toEqual(u3));
  let [begin, goOn] = [(): void => undefined, (): void => undefined];
  const [mayBegin, mayGoOn] = [new Promise<void>((go) => (begin = go)), new Promise<void>((go) => (goOn = go))];
  transport.setOnline(false);
  store.restore(2);
  store.commit(user({ id: 'u4', email: 'u4@example.com' }));
  transport.pageSize = 1;
  transport.beforePage = (checkpoint) => {
    if (checkpoint === null) return mayBegin;
    // Only RxDB asks for what is left of a page: its pull goes on later than the one that the rows are compared with.
    return (transport.pulls.at(-1)?.limit ?? 10) < 10 ? mayGoOn : Promise.resolve();
  };
  transport.setOnline(true);
  await eventually(() => expect(browser.replication.identifier).toMatch(/\|2$/));
  await (await browser.users.findOne('u1').exec())?.incrementalPatch({ status: 'paused' });
  begin();
  await eventually(() => expect(store.documentOf('u1')).toEqual(user({ status: 'paused' })));
  await settled(page);

  store.restore(0);
  store.commit(user({ role: 'admin' }));
  goOn();
  const both = user({ status: 'paused', role: 'admin' });
  await eventually(() => expect(store.documentOf('u1')).toEqual(both));
  await eventually(async () => expect(await browser.stored('u1')).toEqual(both));
  expect(browser.replication.identifier).toMatch(/\|3$/);
  expect(await browser.refused()).toEqual([]);
});

test('a row is compared with what the store says and what was believed before', () => {
  const [mine, theirs] = [user({ status: 'paused' }), user({ status: 'blocked' })];
  expect(reconcile(mine, undefined, mine)).toEqual({ kind: 'send', assumed: null });
  expect(reconcile({ ...mine, _deleted: true }, undefined, mine)).toEqual({ kind: 'same' });
  expect(reconcile(mine, mine, undefined)).toEqual({ kind: 'same' });
  expect(reconcile(mine, theirs, mine)).toEqual({ kind: 'theirs', document: theirs });
  expect(reconcile(mine, theirs, user())).toEqual({ kind: 'send', assumed: user() });
  expect(reconcile(mine, theirs, undefined)).toEqual({ kind: 'send', assumed: null });
  const erased = user({ email: 'erased-u1@erased.invalid', status: 'erased', _deleted: true });
  expect(reconcile(mine, erased, mine)).toEqual({ kind: 'theirs', document: erased });
});
