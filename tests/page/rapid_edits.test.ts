// Two people write faster than the network carries it, at the same time and into the same rows.
import { expect, test } from 'vitest';
import { allEqual } from './harness/all_equal.ts';
import { historiesOf, versionsOf } from './harness/database.ts';
import { publishUsers } from './harness/publisher.ts';
import { type Edit, editRapidly } from './harness/rapid_edits.ts';
import { Stage } from './harness/stage.ts';

const stage = Stage.ofFile();

test('edits of many rows, 5 ms apart, are all in the history while another edits the same rows', async () => {
  const users = await publishUsers(stage.system, 60);
  const [ann, bob] = await stage.two();
  await Promise.all([ann.row('user-59@').waitFor(), bob.row('user-59@').waitFor()]);
  await Promise.all([
    editRapidly(ann, users.map(({ email }, index) => ({ email, field: 'Status', value: `ann-${index}` }))),
    editRapidly(bob, users.map(({ email }, index) => ({ email, field: 'Role', value: `bob-${index}` }))),
  ]);
  const after = await allEqual(stage.system, ann, bob);
  const histories = await historiesOf(stage.system);
  for (const [index, { id }] of users.entries()) {
    const edited = { status: `ann-${index}`, role: `bob-${index}` };
    expect(after.get(id), `row ${index}`).toMatchObject(edited);
    const [created, ...updates] = (histories.get(id) ?? []).map(({ document: { status, role } }) => ({ status, role }));
    expect(created).toEqual({ status: 'active' });
    expect(updates, `updates of row ${index}`).toHaveLength(2);
    expect([{ status: `ann-${index}` }, { status: 'active', role: `bob-${index}` }]).toContainEqual(updates[0]);
    expect(updates[1]).toEqual(edited);
  }
  expect([await ann.refusedEdits().count(), await bob.refusedEdits().count()], 'refused edits').toEqual([0, 0]);
});

test('a hundred edits of one row, 5 ms apart, end with the last, and never go back', async () => {
  const [{ id, email } = { id: '', email: '' }] = await publishUsers(stage.system, 1, 'busy');
  const [ann, bob] = await stage.two();
  await Promise.all([ann.row(email).waitFor(), bob.row(email).waitFor()]);
  const hundred = Array.from({ length: 100 }, (_, index) => index);
  await Promise.all([
    editRapidly(ann, hundred.map((index) => ({ email, field: 'Status', value: `${index}` }))),
    editRapidly(bob, hundred.map((index) => ({ email, field: 'Role', value: `${index}` }))),
  ]);
  const after = await allEqual(stage.system, ann, bob);
  expect(after.get(id)).toMatchObject({ status: '99', role: '99' });
  const versions = (await versionsOf(stage.system, id)).map(({ document: { status, role = '-1' } }) => [Number(status), Number(role)]);
  for (const column of [0, 1]) {
    const values = versions.slice(1).map((row) => row[column] ?? NaN).filter((value) => !Number.isNaN(value));
    expect(values, column === 0 ? 'each status' : 'each role').toEqual([...values].sort((a, b) => a - b));
  }
  expect([await ann.refusedEdits().count(), await bob.refusedEdits().count()], 'refused edits').toEqual([0, 0]);
});

test('of two edits of one row, 5 ms apart, the second does not take back the first', async () => {
  const users = await publishUsers(stage.system, 30, 'twice');
  const [ann, bob] = await stage.two();
  await Promise.all([ann.row('twice-29@').waitFor(), bob.row('twice-29@').waitFor()]);
  const both = (email: string, name: string): Edit[] => [
    { email, field: 'Status', value: `${name}-status` },
    { email, field: 'Role', value: `${name}-role` },
  ];
  await Promise.all([
    editRapidly(ann, users.slice(0, 15).flatMap(({ email }) => both(email, 'ann'))),
    editRapidly(bob, users.slice(15).flatMap(({ email }) => both(email, 'bob'))),
  ]);
  const after = await allEqual(stage.system, ann, bob);
  const edited = users.map(({ id }) => after.get(id)).map((user) => [user?.status, user?.role]);
  expect(edited, 'status and role of each').toEqual(users.map((_, index) => (index < 15 ? ['ann-status', 'ann-role'] : ['bob-status', 'bob-role'])));
});
