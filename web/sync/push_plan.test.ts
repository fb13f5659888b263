// What is sent of the rows that RxDB wants to push.
import type { RxReplicationWriteToMasterRow } from 'rxdb';
import { describe, expect, test } from 'vitest';
import { jsonBytes, mostDocumentBytes } from './batch.ts';
import { neverSaved, type UserDocument, type UserRow } from './document.ts';
import { planPush, type OtherHistory } from './push_plan.ts';
import { user } from './testing/users.ts';

/** As RxDB hands it over; without a belief it is an insert. */
function asked(document: UserDocument, believed?: UserDocument): RxReplicationWriteToMasterRow<UserRow> {
  const row = { newDocumentState: document, ...(believed === undefined ? {} : { assumedMasterState: believed }) };
  return row as RxReplicationWriteToMasterRow<UserRow>;
}

const [paused, blocked] = [user({ status: 'paused' }), user({ status: 'blocked' })];
const rows = new Map<string, UserDocument>();
const nothing = { theirs: [], tooLarge: [], toSend: [] };

test('an edit is sent with what RxDB believes, an insert with nothing', () => {
  const u2 = user({ id: 'u2' });
  expect(planPush([asked(paused, user()), asked(u2)], null, rows)).toEqual({
    ...nothing,
    toSend: [{ id: 'u1', document: paused, assumed: user() }, { id: 'u2', document: u2, assumed: null }],
  });
});

test('an edit of which another tab told late is not sent after what was made of it', () => {
  const stored = new Map([['u1', blocked]]);
  expect(planPush([asked(paused, blocked)], null, stored)).toEqual({ ...nothing, theirs: [blocked] });
  // The newer edit is still to come.
  expect(planPush([asked(paused, user())], null, stored).toSend).toEqual([{ id: 'u1', document: paused, assumed: user() }]);
});

test('an insert that was refused is nothing to others: not its row, and not what it is corrected from', () => {
  const refused = neverSaved(user({ email: 'no address' }));
  expect(planPush([asked(refused, refused), asked(refused)], null, rows)).toEqual(nothing);
  expect(planPush([asked(user(), refused)], null, rows)).toEqual({ ...nothing, toSend: [{ id: 'u1', document: user(), assumed: null }] });
});

test('a row of 64 KiB is sent, and one byte more is too large', () => {
  const room = mostDocumentBytes - jsonBytes(user({ status: '' }));
  const [largest, larger] = [room, room + 1].map((length) => user({ status: 'x'.repeat(length) })) as [UserDocument, UserDocument];
  const { toSend, tooLarge } = planPush([asked(largest), asked(larger)], null, rows);
  expect([toSend, tooLarge].map((asks) => asks.map(({ document }) => document))).toEqual([[largest], [larger]]);
});

describe('of another history', () => {
  const other: OtherHistory = { documents: new Map([['u1', blocked]]), beliefs: new Map([['u1', user()]]) };

  test('a row that RxDB believes nothing of is compared, with what was believed before', () => {
    expect(planPush([asked(paused)], other, rows)).toEqual({ ...nothing, toSend: [{ id: 'u1', document: paused, assumed: user() }] });
    expect(planPush([asked(user())], other, rows)).toEqual({ ...nothing, theirs: [blocked] });
    expect(planPush([asked(blocked)], other, rows)).toEqual(nothing);
  });

  test('an insert that was refused takes what holds there', () => {
    const refused = neverSaved(user({ email: 'no address' }));
    expect(planPush([asked(refused), asked({ ...refused, id: 'u2' })], other, rows)).toEqual({ ...nothing, theirs: [blocked] });
  });

  test('a row that was compared, and edited since, is sent with what RxDB believes now', () => {
    const edited = { ...blocked, role: 'admin' };
    expect(planPush([asked(edited, blocked)], other, rows)).toEqual({ ...nothing, toSend: [{ id: 'u1', document: edited, assumed: blocked }] });
    expect(planPush([asked(user(), blocked)], other, rows)).toEqual({ ...nothing, toSend: [{ id: 'u1', document: user(), assumed: blocked }] });
  });
});
