// What becomes of the receipts of a push, without RxDB.
import type { RxReplicationWriteToMasterRow } from 'rxdb';
import { beforeEach, expect, test } from 'vitest';
import { CounterSet } from './counters.ts';
import { neverSaved, type UserDocument, type UserRow } from './document.ts';
import type { LocalStore, PendingEdit, RefusedEdit } from './local_store.ts';
import { outcomes, type Mutation, type Receipt } from './mutation.ts';
import { OpenRows } from './open_rows.ts';
import type { PushedRow } from './push_result.ts';
import { Pusher } from './pusher.ts';
import { RowSequences } from './row_sequences.ts';
import type { Sender } from './sender.ts';
import { user } from './testing/users.ts';

let judge: (mutation: Mutation) => Partial<Receipt>;
/** What an earlier page left. */
let left: PendingEdit[];
/** What happened, in order. */
let steps: string[];
let refused: RefusedEdit[];
let pushed: PushedRow[];
let counters: CounterSet;
let sequences: RowSequences;

beforeEach(() => {
  judge = () => ({ outcome: 'APPLIED', seq: 3 });
  [left, steps, refused, pushed] = [[], [], [], []];
  counters = new CounterSet();
  sequences = new RowSequences();
});

/** As RxDB hands it over. */
function row(document: UserDocument, believed?: UserDocument): RxReplicationWriteToMasterRow<UserRow> {
  return { newDocumentState: document, ...(believed === undefined ? {} : { assumedMasterState: believed }) } as RxReplicationWriteToMasterRow<UserRow>;
}

async function push(...rows: RxReplicationWriteToMasterRow<UserRow>[]): Promise<UserDocument[]> {
  const store: Pick<LocalStore, 'pending' | 'savePending' | 'dropPending' | 'saveRefused'> = {
    pending: async () => left,
    savePending: async () => undefined,
    dropPending: async () => undefined,
    saveRefused: async (edits) => {
      await new Promise((resolve) => setImmediate(resolve));
      if (edits.length > 0) steps.push('kept');
      refused.push(...edits);
    },
  };
  const sender: Pick<Sender, 'send'> = {
    send: async (mutations) =>
      new Map(mutations.map((one) => [one.mutation_id, { mutation_id: one.mutation_id, conflicts: [], violations: [], outcome: 'APPLIED', ...judge(one) }])),
  };
  const open = await OpenRows.load(store as LocalStore);
  const pusher = new Pusher({
    sender: sender as Sender,
    open,
    store: store as LocalStore,
    sequences,
    counters,
    otherHistory: async () => null,
    rowsNow: async () => new Map(),
    onRefused: ({ id }) => steps.push(`refused ${id}`),
    onPushed: (rows) => {
      if (rows.length > 0) steps.push('pushed');
      pushed.push(...rows);
    },
  });
  return pusher.push(rows);
}

const [paused, bad] = [user({ status: 'paused' }), user({ status: 'bad' })];

test.each(outcomes)('%s is counted as what it is', async (outcome) => {
  judge = () => ({ outcome });
  const before = counters.now;
  await push(row(paused, user()));
  const name = ({ CONFLICT: 'conflicts' } as Partial<Record<string, string>>)[outcome] ?? outcome.toLowerCase();
  expect(counters.now).toEqual({ ...before, [name]: 1 });
});

test.each(['APPLIED', 'MERGED', 'UNCHANGED'] as const)('%s is no conflict, and nothing is refused', async (outcome) => {
  judge = () => ({ outcome, seq: 3 });
  expect(await push(row(paused, user()))).toEqual([]);
  expect(refused).toEqual([]);
});

test.each(['CONFLICT', 'INVALID', 'DENIED'] as const)('%s is kept first, then told, and the row takes what holds', async (outcome) => {
  judge = ({ document }) => (document.id === 'u1' ? { outcome, document: user({ status: 'blocked' }) } : {});
  expect(await push(row(paused, user()), row(user({ id: 'u2' })))).toEqual([user({ status: 'blocked' })]);
  expect(steps).toEqual(['kept', 'refused u1', 'pushed']);
  expect(refused).toMatchObject([{ outcome, mine: paused, base: user(), theirs: user({ status: 'blocked' }) }]);
});

test('what the receipt of a refused edit does not say is what its author started from', async () => {
  judge = () => ({ outcome: 'DENIED' });
  expect(await push(row(paused, user()))).toEqual([user()]);
  expect(refused).toMatchObject([{ theirs: user() }]);
});

test('a row that is too large is kept first as well, and is answered without being sent', async () => {
  judge = () => {
    throw new Error('it was sent');
  };
  const large = user({ status: 'x'.repeat(65_536) });
  expect(await push(row(large, user()))).toEqual([user()]);
  expect(steps).toEqual(['kept', 'refused u1', 'pushed']);
  expect(counters.now).toMatchObject({ invalid: 1 });
  expect(await push(row(large))).toEqual([neverSaved(large)]);
});

test('what is older than a receipt is old from then on', async () => {
  await push(row(paused, user()));
  expect([2, 3].map((seq) => sequences.isOlder('u1', seq))).toEqual([true, false]);
});

test('of edits that build upon each other each refused one is kept; the last decides what the row holds', async () => {
  left = [{ id: 'u1', late: null, mutations: [{ mutation_id: 'm-1', document: bad, assumed: null }] }];
  judge = ({ document }) => (document.status === 'bad' ? { outcome: 'INVALID' } : { seq: 4 });
  expect(await push(row(paused))).toEqual([]);
  expect(refused).toMatchObject([{ key: 'm-1', mine: bad }]);
  expect(pushed).toMatchObject([{ seq: 4, told: null }]);
});

test('what a merge made is told, if it is not what was asked for', async () => {
  judge = () => ({ outcome: 'MERGED', seq: 3, document: user({ role: 'admin' }) });
  await push(row(paused, user()));
  expect(pushed).toMatchObject([{ seq: 3, told: user({ role: 'admin' }) }]);
});
