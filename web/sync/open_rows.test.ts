import { beforeEach, expect, test } from 'vitest';
import type { LocalStore, PendingEdit } from './local_store.ts';
import { OpenRows, type Ask } from './open_rows.ts';
import { user } from './testing/users.ts';

/** What lies in the local store. */
let kept: Map<string, PendingEdit>;
let rows: OpenRows;

/** As a page that opens. */
function load(): Promise<OpenRows> {
  const store: Pick<LocalStore, 'pending' | 'savePending' | 'dropPending'> = {
    pending: async () => [...kept.values()],
    savePending: async (edits) => edits.forEach((edit) => kept.set(edit.id, structuredClone(edit))),
    dropPending: async (ids) => ids.forEach((id) => kept.delete(id)),
  };
  return OpenRows.load(store as LocalStore);
}

beforeEach(async () => {
  kept = new Map();
  rows = await load();
});

const paused = user({ status: 'paused' });
const ask = (differences: Partial<Ask> = {}): Ask => ({ id: 'u1', document: paused, assumed: user(), ...differences });

async function idsOf(asked: Ask, from = rows): Promise<string[]> {
  const [row] = await from.draw([asked]);
  return row!.mutations.map(({ mutation_id }) => mutation_id);
}

test('what is about to be sent is kept before it is sent', async () => {
  const ids = await idsOf(ask());
  expect(kept.get('u1')?.mutations.map(({ mutation_id }) => mutation_id)).toEqual(ids);
});

test('the same document with the same belief is the same mutation, in the next page too', async () => {
  const ids = await idsOf(ask());
  expect(ids).toHaveLength(1);
  expect(await idsOf(ask())).toEqual(ids);
  expect(await idsOf(ask(), await load())).toEqual(ids);
});

test.each([ask({ assumed: user({ role: 'admin' }) }), ask({ assumed: null }), ask({ document: user({ status: 'blocked' }) })])(
  'another belief, or another document, is another mutation, which builds upon the one that nobody answered',
  async (other) => {
    const [first] = await idsOf(ask());
    const both = await idsOf(other);
    expect(both).toHaveLength(2);
    expect(both[0]).toBe(first);
    expect(kept.get('u1')?.mutations[1]).toMatchObject({ document: other.document, assumed: paused });
  },
);

test('what was answered is over: the next edit is a mutation of its own', async () => {
  const [row] = await rows.draw([ask()]);
  row!.answered = true;
  const next = ask({ document: user({ status: 'blocked' }), assumed: paused });
  expect(await idsOf(next)).toHaveLength(1);
  expect(kept.get('u1')?.mutations).toMatchObject([{ document: next.document, assumed: paused }]);
});

test('of what comes meanwhile the newest is kept, for rows that are open', async () => {
  await rows.draw([ask()]);
  const [newer, older] = [user({ status: 'newer' }), user({ status: 'older' })];
  await rows.keepLate([{ document: newer, seq: 7 }, { document: older, seq: 6 }, { document: user({ id: 'u2' }), seq: 8 }]);
  expect(kept.get('u1')?.late).toEqual({ document: newer, seq: 7 });
  expect(kept.has('u2')).toBe(false);
});

test('a row that was edited again is not closed with the edit before', async () => {
  const [first] = await rows.draw([ask()]);
  first!.answered = true;
  const [second] = await rows.draw([ask({ document: user({ status: 'blocked' }), assumed: paused })]);
  await rows.close([first!]);
  expect([rows.isNewest(second!), kept.has('u1')]).toEqual([true, true]);
  await rows.close([second!]);
  expect(kept.has('u1')).toBe(false);
});

test('a row that is answered without being sent takes with it what was sent before', async () => {
  const [sent] = await rows.draw([ask()]);
  sent!.answered = true;
  const held = rows.hold(['u1']);
  await rows.close([sent!]);
  expect(kept.has('u1')).toBe(true);
  await rows.close(held);
  expect(kept.has('u1')).toBe(false);
});
