import { expect, test } from 'vitest';
import { RowList, type StoredRow } from './row_list.ts';

function stored(id: string, height: number, differences: Partial<StoredRow> = {}): StoredRow {
  const time = '2024-01-01T00:00:00Z';
  const row = { id, email: `${id}@example.com`, status: `s${height}`, created_at: time, updated_at: time };
  return { ...row, _rev: `${height}-token`, _deleted: false, _attachments: {}, _meta: { lwt: 1 }, ...differences };
}

const idsOf = (list: RowList) => list.rows.map(({ id }) => id);

test('rows stand newest first, whenever they come, without what is RxDB’s own', () => {
  const list = new RowList();
  list.apply([stored('c', 1), stored('a', 1)]);
  list.apply([stored('new', 1, { created_at: '2024-02-01T00:00:00Z' }), stored('b', 1), stored('old', 1, { created_at: '2023-01-01T00:00:00Z' })]);
  expect(idsOf(list)).toEqual(['new', 'a', 'b', 'c', 'old']);
  const { _rev, _deleted, _attachments, _meta, ...row } = stored('a', 1);
  expect(list.rows[1]).toEqual(row);
});

test('a row that changed is another object in another array, all others are the same', () => {
  const list = new RowList();
  list.apply([stored('a', 1), stored('b', 1)]);
  const before = list.rows;
  list.apply([stored('a', 2)]);
  expect(list.rows[0]).toMatchObject({ id: 'a', status: 's2' });
  expect(list.rows[1]).toBe(before[1]);
  expect(before[0]).toMatchObject({ status: 's1' });
});

test('a row whose time changed takes another place', () => {
  const list = new RowList();
  list.apply([stored('a', 1), stored('b', 1)]);
  list.apply([stored('b', 2, { created_at: '2024-02-01T00:00:00Z' })]);
  expect(idsOf(list)).toEqual(['b', 'a']);
});

test('an older state that comes late, and the same once more, change nothing', () => {
  const list = new RowList();
  list.apply([stored('a', 10), stored('a', 9)]);
  const before = list.rows;
  list.apply([stored('a', 9), stored('a', 10)]);
  expect(list.rows).toBe(before);
  expect(list.rows).toMatchObject([{ status: 's10' }]);
});

test('a deleted row is gone, also if its earlier state comes after that, and returns when it is written anew', () => {
  const list = new RowList();
  list.apply([stored('a', 1), stored('b', 1)]);
  list.apply([stored('a', 3, { _deleted: true })]);
  list.apply([stored('a', 2)]);
  expect(idsOf(list)).toEqual(['b']);
  list.apply([stored('a', 4)]);
  expect(idsOf(list)).toEqual(['a', 'b']);
});
