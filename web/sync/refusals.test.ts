// Edits that the store refuses, with RxDB and a store in memory.
import { beforeEach, describe, expect, test } from 'vitest';
import type { UserDocument, UserRow } from './document.ts';
import { closePagesAfterEach, openSynced, settled, type Page } from './testing/pages.ts';
import { eventually } from './testing/eventually.ts';
import { FakeStore } from './testing/fake_store.ts';
import { user } from './testing/users.ts';

let store: FakeStore;

beforeEach(() => {
  store = new FakeStore();
});
closePagesAfterEach();

const taken = { field: 'email', reason: 'EMAIL_TAKEN', description: 'another user has it' };

function row(differences: Partial<UserDocument> = {}): UserRow {
  const { _deleted, ...fields } = user(differences);
  return fields;
}

/** One user that both know, and a store that refuses what says `status: "bad"`. */
async function refusing(outcome: 'INVALID' | 'DENIED' = 'INVALID'): Promise<Page> {
  store.commit(user());
  store.judge = ({ document }) => (document.status === 'bad' ? { outcome, violations: [taken] } : null);
  return openSynced(store);
}

describe('a conflict', () => {
  async function conflict(): Promise<Page> {
    store.commit(user());
    store.commit(user({ id: 'u2', email: 'u2@example.com' }));
    const page = await openSynced(store);
    page.transport.muted = true;
    store.commit(user({ status: 'blocked' }));
    const both = [row({ status: 'paused' }), row({ id: 'u2', email: 'u2@example.com', status: 'paused' })];
    await page.browser.users.bulkUpsert(both);
    await eventually(async () => expect(await page.browser.refused()).toHaveLength(1));
    return page;
  }

  test('is kept with both sides, and the row takes what holds', async () => {
    const { browser } = await conflict();
    expect(await browser.refused()).toMatchObject([
      {
        id: 'u1',
        outcome: 'CONFLICT',
        base: user(),
        mine: user({ status: 'paused' }),
        theirs: user({ status: 'blocked' }),
        conflicts: [{ field: 'status', base: 'active', mine: 'paused', theirs: 'blocked' }],
      },
    ]);
    await eventually(async () => expect(await browser.stored('u1')).toEqual(user({ status: 'blocked' })));
  });

  test('is of exactly that row: its neighbour is saved', async () => {
    const page = await conflict();
    await settled(page);
    expect(store.documentOf('u2')).toMatchObject({ status: 'paused' });
    expect(await page.browser.stored('u2')).toMatchObject({ status: 'paused' });
  });

  test('can be applied again: then it wins', async () => {
    const { browser } = await conflict();
    await eventually(async () => expect(await browser.stored('u1')).toEqual(user({ status: 'blocked' })));
    const [edit] = await browser.refused();
    await browser.replication.applyAgain(edit?.key ?? '');
    await eventually(() => expect(store.documentOf('u1')).toMatchObject({ status: 'paused' }));
    expect(await browser.refused()).toEqual([]);
    // It is an edit of now; twice it is none.
    const { updated_at } = store.documentOf('u1')!;
    expect(updated_at > user().updated_at).toBe(true);
    await browser.replication.applyAgain(edit?.key ?? '');
    await browser.replication.inSync();
    expect(store.documentOf('u1')).toMatchObject({ updated_at });
  });

  test('over a deletion, of a user who is gone by then, is nothing to apply', async () => {
    store.commit(user());
    const { browser, transport } = await openSynced(store);
    transport.muted = true;
    store.commit(user({ status: 'blocked' }));
    await (await browser.users.findOne('u1').exec())?.remove();
    await eventually(async () => expect(await browser.refused()).toHaveLength(1));
    await eventually(async () => expect(await browser.stored('u1')).toMatchObject({ status: 'blocked', _deleted: false }));
    transport.muted = false;
    store.commit(user({ status: 'blocked', _deleted: true }));
    await eventually(async () => expect(await browser.stored('u1')).toMatchObject({ _deleted: true }));
    const [edit] = await browser.refused();
    await browser.replication.applyAgain(edit?.key ?? '');
    expect(await browser.refused()).toEqual([]);
    expect(await browser.stored('u1')).toMatchObject({ _deleted: true });
  });

  test('applied again takes back nothing else that others changed', async () => {
    const { browser, transport } = await conflict();
    await eventually(async () => expect(await browser.stored('u1')).toEqual(user({ status: 'blocked' })));
    transport.muted = false;
    store.commit(user({ status: 'blocked', role: 'admin' }));
    await eventually(async () => expect(await browser.stored('u1')).toMatchObject({ role: 'admin' }));
    const [edit] = await browser.refused();
    await browser.replication.applyAgain(edit?.key ?? '');
    await eventually(() => expect(store.documentOf('u1')).toMatchObject({ status: 'paused', role: 'admin' }));
  });

  test('can be dropped', async () => {
    const { browser } = await conflict();
    const [edit] = await browser.refused();
    await browser.replication.drop(edit?.key ?? '');
    expect(await browser.refused()).toEqual([]);
    await eventually(async () => expect(await browser.stored('u1')).toEqual(user({ status: 'blocked' })));
  });
});

describe.each(['INVALID', 'DENIED'] as const)('an edit that is %s', (outcome) => {
  test('is kept with its reasons, once, and the row takes what holds', async () => {
    const page = await refusing(outcome);
    await page.browser.users.incrementalUpsert(row({ status: 'bad' }));
    await eventually(async () => expect(await page.browser.stored('u1')).toEqual(user()));
    await settled(page);
    await page.browser.replication.inSync();
    expect(await page.browser.refused()).toMatchObject([{ outcome, mine: user({ status: 'bad' }), violations: [taken] }]);
    // A handler that merges would be refused again and again.
    expect(page.transport.sent).toHaveLength(1);
  });

  test('is kept before the row changes', async () => {
    store.commit(user());
    store.judge = ({ document }) => (document.status === 'bad' ? { outcome } : null);
    const seen: (UserDocument | null)[] = [];
    const rows: Promise<void>[] = [];
    const { browser } = await openSynced(store, {
      onRefused: (edit) => rows.push(browser.stored(edit.id).then((stored) => void seen.push(stored))),
    });
    await browser.users.incrementalUpsert(row({ status: 'bad' }));
    await eventually(() => expect(seen).toHaveLength(1));
    expect(seen).toEqual([user({ status: 'bad' })]);
    expect(await browser.refused()).toHaveLength(1);
  });

  test('is a tombstone if it was an insert', async () => {
    const page = await refusing(outcome);
    await page.browser.users.insert(row({ id: 'u2', status: 'bad' }));
    await eventually(async () => expect(await page.browser.stored('u2')).toMatchObject({ _deleted: true }));
    await settled(page);
    expect(await page.browser.row('u2')).toBeNull();
    expect(page.transport.sent).toHaveLength(1);
  });
});

test('a refused insert can be corrected and sent again, and is an insert each time', async () => {
  const { browser, transport } = await refusing();
  // A store looks at the belief as well.
  const { judge } = store;
  store.judge = (mutation) => judge(mutation) ?? (mutation.assumed === null ? null : judge({ ...mutation, document: mutation.assumed }));
  await browser.users.insert(row({ id: 'u2', status: 'bad' }));
  const correct = async (corrected: Partial<UserDocument>): Promise<void> => {
    await eventually(async () => expect(await browser.stored('u2')).toMatchObject({ _deleted: true }));
    const [edit] = await browser.refused();
    expect(edit).toMatchObject({ base: null, theirs: null });
    await browser.replication.applyAgain(edit?.key ?? '', user({ id: 'u2', ...corrected }));
  };
  await correct({ status: 'bad', role: 'admin' });
  await eventually(async () => expect(await browser.refused()).toMatchObject([{ mine: { role: 'admin' } }]));
  await correct({ status: 'good' });
  await eventually(() => expect(store.documentOf('u2')).toMatchObject({ status: 'good', _deleted: false }));
  expect(transport.sent.map(({ assumed }) => assumed)).toEqual([null, null, null]);
  expect(await browser.refused()).toEqual([]);
});

test('a refused edit that cannot be kept is asked for again: the row keeps it until it is', async () => {
  const page = await refusing();
  const { browser } = page;
  const entries = browser.database.collections['users_sync'];
  if (entries === undefined) throw new Error('there is no local store');
  const write = entries.bulkUpsert.bind(entries);
  const seen: unknown[] = [];
  entries.bulkUpsert = async (rows) => {
    if (rows.every(({ kind }) => kind !== 'refused') || seen.length > 0) return write(rows);
    seen.push(await browser.stored('u1'));
    throw new Error('the disk is full');
  };
  await browser.users.incrementalUpsert(row({ status: 'bad' }));
  await eventually(async () => expect(await browser.stored('u1')).toEqual(user()));
  expect(seen).toEqual([user({ status: 'bad' })]);
  expect(await browser.refused()).toHaveLength(1);
});
