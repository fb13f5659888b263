// What goes to the store, with RxDB and a store in memory.
import { beforeEach, describe, expect, test } from 'vitest';
import { jsonBytes, mostMessageBytes } from './batch.ts';
import { closePage, closePagesAfterEach, openPage, openSynced, settled, type Page } from './testing/pages.ts';
import { Profile } from './testing/browser.ts';
import { eventually } from './testing/eventually.ts';
import { FakeStore } from './testing/fake_store.ts';
import { user } from './testing/users.ts';
import type { UserDocument, UserRow } from './document.ts';

let store: FakeStore;

beforeEach(() => {
  store = new FakeStore();
});
closePagesAfterEach();

function row(differences: Partial<UserDocument> = {}): UserRow {
  const { _deleted, ...fields } = user(differences);
  return fields;
}

/** Holds back receipts; the mutations are committed all the same. */
function hold({ transport }: Page): () => void {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  transport.beforeReceipts = () => held;
  return release;
}

async function pushed({ transport }: Page, count = 1): Promise<void> {
  await eventually(() => expect(transport.sent).toHaveLength(count));
}

describe('a mutation', () => {
  test('says what its author believed: nothing, then what he saw', async () => {
    const page = await openSynced(store);
    await page.browser.users.insert(row());
    await pushed(page);
    await settled(page);
    await page.browser.users.incrementalUpsert(row({ status: 'paused' }));
    await pushed(page, 2);
    const [first, second] = page.transport.sent;
    expect(first).toMatchObject({ document: user(), assumed: null });
    expect(second).toMatchObject({ document: user({ status: 'paused' }), assumed: user() });
    expect(second?.mutation_id).not.toBe(first?.mutation_id);
  });

  test('is sent again with the same id until its receipt comes', async () => {
    const page = await openSynced(store, { prepare: (transport) => (transport.receiptsToLose = 2) });
    await page.browser.users.insert(row());
    await pushed(page, 3);
    await settled(page);
    expect(await page.browser.counters()).toMatchObject({ retries: 2 });
    expect(new Set(page.transport.sent.map(({ mutation_id }) => mutation_id)).size).toBe(1);
    expect(store.head).toBe(1);
  });

  test('has the same id after its page was closed before the receipt', async () => {
    const profile = new Profile();
    const first = await openSynced(store, { profile });
    hold(first);
    await first.browser.users.insert(row());
    await pushed(first);
    await closePage(first);
    const second = await openPage(store, { profile });
    await pushed(second);
    expect(second.transport.sent).toEqual(first.transport.sent);
    await settled(second);
    expect(store.head).toBe(1);
  });

  test('builds upon one that was never answered, so that nobody is in conflict with himself', async () => {
    const profile = new Profile();
    const first = await openSynced(store, { profile });
    hold(first);
    await first.browser.users.insert(row());
    await pushed(first);
    await closePage(first);
    const offline = await openPage(store, { profile, prepare: (transport) => (transport.start = () => undefined) });
    await offline.browser.users.incrementalUpsert(row({ status: 'paused' }));
    await closePage(offline);
    const third = await openSynced(store, { profile });
    await settled(third);
    expect(store.documentOf('u1')).toEqual(user({ status: 'paused' }));
    expect(await third.browser.refused()).toEqual([]);
    expect(store.head).toBe(2);
  });
});

describe('messages', () => {
  test('hold no more mutations than a batch', async () => {
    const page = await openPage(store, { batchSize: 10 });
    await page.browser.users.bulkInsert(Array.from({ length: 25 }, (_, i) => row({ id: `u${i}`, email: `u${i}@example.com` })));
    await pushed(page, 25);
    for (const message of page.transport.pushes) expect(message.length).toBeLessThanOrEqual(10);
  });

  test('of different rows do not wait for each other', async () => {
    const page = await openSynced(store, { batchSize: 10 });
    const release = hold(page);
    await page.browser.users.bulkInsert(Array.from({ length: 25 }, (_, i) => row({ id: `u${i}`, email: `u${i}@example.com` })));
    await pushed(page, 25);
    expect(page.transport.pushes.map(({ length }) => length).sort()).toEqual([10, 10, 5]);
    release();
    await settled(page);
  });

  test('are smaller than 512 KiB', async () => {
    const page = await openPage(store);
    const status = 'x'.repeat(60_000);
    await page.browser.users.bulkInsert(Array.from({ length: 20 }, (_, i) => row({ id: `u${i}`, status })));
    await pushed(page, 20);
    for (const message of page.transport.pushes) expect(jsonBytes(message)).toBeLessThan(mostMessageBytes);
  });

  test('never hold a row that is too large: it is refused here', async () => {
    const page = await openSynced(store);
    await page.browser.users.insert(row({ status: 'x'.repeat(65_536) }));
    await eventually(async () => expect(await page.browser.refused()).toHaveLength(1));
    expect(await page.browser.refused()).toMatchObject([{ outcome: 'INVALID', violations: [{ reason: 'TOO_LARGE' }] }]);
    await eventually(async () => expect(await page.browser.stored('u1')).toMatchObject({ _deleted: true }));
    await page.browser.replication.inSync();
    expect(page.transport.pushes).toEqual([]);
  });
});

describe('a merge', () => {
  /** Two edits of one user, of different fields; ours comes second. */
  async function merged(): Promise<Page> {
    store.commit(user());
    const page = await openSynced(store);
    page.transport.muted = true;
    store.commit(user({ role: 'admin' }));
    await page.browser.users.incrementalUpsert(row({ status: 'paused' }));
    await pushed(page);
    return page;
  }

  test('reaches the row, though nobody broadcasts it', async () => {
    const { browser } = await merged();
    await eventually(async () => expect(await browser.stored('u1')).toEqual(user({ role: 'admin', status: 'paused' })));
    expect(await browser.counters()).toMatchObject({ merged: 1 });
  });

  test('is no conflict of its author with himself', async () => {
    const page = await merged();
    await (await page.browser.users.findOne('u1').exec())?.incrementalPatch({ status: 'blocked' });
    await eventually(async () => expect(await page.browser.stored('u1')).toEqual(user({ role: 'admin', status: 'blocked' })));
    await settled(page);
    expect(await page.browser.refused()).toEqual([]);
    expect(store.documentOf('u1')).toEqual(user({ role: 'admin', status: 'blocked' }));
  });
});

describe('what comes for a row while its push runs', () => {
  async function pushing(profile?: Profile): Promise<[Page, () => void]> {
    store.commit(user());
    const page = await openSynced(store, profile === undefined ? {} : { profile });
    const release = hold(page);
    await page.browser.users.incrementalUpsert(row({ status: 'paused' }));
    await pushed(page);
    return [page, release];
  }
  const later = user({ status: 'paused', role: 'admin' });

  test('live, reaches the row afterwards', async () => {
    const [page, release] = await pushing();
    store.commit(later);
    release();
    await eventually(async () => expect(await page.browser.stored('u1')).toEqual(later));
  });

  test('by pull, reaches the row afterwards', async () => {
    const profile = new Profile();
    store.commit(user());
    await closePage(await openSynced(store, { profile }));
    let [readPage, tell] = [(): void => undefined, (): void => undefined];
    const page = await openPage(store, {
      profile,
      prepare: (transport) => {
        const [mayRead, mayTell] = [new Promise<void>((go) => (readPage = go)), new Promise<void>((go) => (tell = go))];
        transport.muted = true;
        transport.beforePage = () => mayRead;
        transport.beforeReceipts = () => mayTell;
      },
    });
    await page.browser.users.incrementalUpsert(row({ status: 'paused' }));
    await pushed(page);
    store.commit(later);
    readPage();
    await eventually(async () => expect(await page.browser.latePending('u1')).toEqual(later));
    tell();
    await eventually(async () => expect(await page.browser.stored('u1')).toEqual(later));
  });

  test('and is older than what was pushed, never replaces it', async () => {
    store.commit(user());
    const page = await openSynced(store);
    const { browser, transport } = page;
    let readPage = (): void => undefined;
    transport.beforePage = () => new Promise((go) => (readPage = go));
    transport.setOnline(true);
    await eventually(() => expect(transport.pulls).toHaveLength(2));
    // RxDB waits for the page: so this waits, too, while our author writes the same a little later.
    store.commit(user({ status: 'paused', updated_at: '2024-01-02T00:00:00Z' }));
    transport.muted = true;
    const mine = row({ status: 'paused', updated_at: '2024-01-03T00:00:00Z' });
    await browser.users.incrementalUpsert(mine);
    await eventually(() => expect(store.head).toBe(3));
    await settled(page);
    readPage();
    await browser.replication.inSync();
    await eventually(async () => expect((await browser.counters()).pulled).toBe(2));
    await page.browser.users.insert({ ...mine, id: 'u2' });
    await eventually(() => expect(store.documentOf('u2')).not.toBeNull());
    await settled(page);
    expect(await browser.stored('u1')).toEqual(store.documentOf('u1'));
    expect(await browser.stored('u1')).toMatchObject(mine);
  });

  test('reaches the row though the page was closed meanwhile', async () => {
    const profile = new Profile();
    const [page] = await pushing(profile);
    store.commit(later);
    await eventually(async () => expect(await page.browser.latePending('u1')).toEqual(later));
    await closePage(page);
    const next = await openPage(store, { profile });
    await eventually(async () => expect(await next.browser.stored('u1')).toEqual(later));
  });

  test('reaches the row though the page was closed before it was told', async () => {
    const profile = new Profile();
    store.commit(user());
    const page = await openSynced(store, { profile });
    // As a page leaves it whose push RxDB had noted.
    const value = { id: 'u1', mutations: [], late: { document: later, seq: 2 } };
    await page.browser.database.collections['users_sync']?.insert({ key: 'pending:u1', kind: 'pending', value });
    await closePage(page);
    const next = await openPage(store, { profile });
    await eventually(async () => expect(await next.browser.stored('u1')).toEqual(later));
  });
});
