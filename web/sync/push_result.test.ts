// What becomes of rows whose mutations have their receipts.
import { expect, test } from 'vitest';
import type { Mutation, Outcome, Receipt } from './mutation.ts';
import { holdsInstead, judge } from './push_result.ts';
import { user } from './testing/users.ts';
import type { UserDocument } from './document.ts';

function chain(assumed: UserDocument | null, ...documents: UserDocument[]): Mutation[] {
  return documents.map((document, index) => ({ mutation_id: `m${index}`, document, assumed: documents[index - 1] ?? assumed }));
}

function judged(mutations: Mutation[], ...answers: [Outcome, UserDocument?][]) {
  const receipts = answers.map(([outcome, document], index): Receipt => {
    return { mutation_id: `m${index}`, outcome, conflicts: [], violations: [], ...(document === undefined ? {} : { document }) };
  });
  const row = { id: 'u1', mutations, late: null, answered: false };
  return judge(row, new Map(receipts.map((receipt) => [receipt.mutation_id, receipt])));
}

const [first, second] = [user({ status: 'first' }), user({ status: 'second' })];

test('an edit of an insert that was refused, too, is held by nobody: the row becomes a tombstone', () => {
  const { refused, conflict } = judged(chain(null, first, second), ['INVALID'], ['INVALID']);
  expect(conflict).toBe(true);
  expect(refused).toMatchObject([
    { mine: first, base: null, theirs: null },
    { mine: second, base: first, theirs: null },
  ]);
  expect(refused.map(holdsInstead)).toMatchObject([{ _deleted: true }, { _deleted: true }]);
});

test.each<[string, [Outcome, UserDocument?], UserDocument]>([
  ['the one before', ['APPLIED'], first],
  ['what the one before was merged to', ['MERGED', user({ status: 'first', role: 'admin' })], user({ status: 'first', role: 'admin' })],
  ['what was there, if the one before was refused', ['INVALID'], user()],
  ['what the receipt of the one before said', ['CONFLICT', user({ status: 'other' })], user({ status: 'other' })],
])('after a refusal that does not say what holds, that is %s', (_, answer, holds) => {
  const { refused } = judged(chain(user(), first, second), answer, ['DENIED']);
  expect(refused.slice(-1).map(holdsInstead)).toEqual([holds]);
});
