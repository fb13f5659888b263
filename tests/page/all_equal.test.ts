// What every story ends with can fail: each side is falsified in turn, and is named.
import { expect, test } from 'vitest';
import { allEqual, expectEqual } from './harness/all_equal.ts';
import { tamper } from './harness/database.ts';
import type { Document } from './harness/document.ts';
import { Stage } from './harness/stage.ts';
import { forge, storedRow } from './harness/stored_rows.ts';
import { forgeBroadcast, forgetBroadcast, newestBroadcast } from './harness/streams.ts';

const stage = Stage.ofFile();

test('a browser, a page, NATS or PostgreSQL that says something else is found', async () => {
  const [ann, bob] = await stage.two();
  for (const name of ['kept', 'gone']) await ann.create(`${name}@example.com`);
  await ann.remove('gone@');
  await ann.create('newest@example.com');
  const users = await allEqual(stage.system, ann, bob);
  const of = (name: string): Document => [...users.values()].find(({ email }) => email === `${name}@example.com`)!;
  const [kept, gone, newest] = ['kept', 'gone', 'newest'].map(of) as [Document, Document, Document];

  /** While something is false it is found, and told so; then it is put right. */
  async function expectFound(what: string | RegExp, falsify: () => Promise<unknown>, putRight: () => Promise<unknown>): Promise<void> {
    await falsify();
    await expect(expectEqual(stage.system, ann, bob)).rejects.toThrow(what);
    await putRight();
  }

  const keeps = `what page 2 keeps: 1 of ${users.size} users differ`;
  const [keptRow, goneRow] = [await storedRow(bob.page, kept.id), await storedRow(bob.page, gone.id)];
  const write = (id: string, row: typeof keptRow | null) => () => forge(bob.page, 'users', id, row);
  await expectFound(keeps, write(kept.id, { ...keptRow, status: 'forged' }), write(kept.id, keptRow));
  await expectFound(keeps, write(kept.id, { ...keptRow, updated_at: `${kept.updated_at} ` }), write(kept.id, keptRow));
  await expectFound(keeps, write(kept.id, null), write(kept.id, keptRow));
  await expectFound(keeps, write(kept.id, { ...keptRow, _deleted: '1' }), write(kept.id, keptRow));
  await expectFound(keeps, write(gone.id, null), write(gone.id, goneRow));
  await expectFound(keeps, write(gone.id, { ...goneRow, _deleted: '0' }), write(gone.id, goneRow));
  await expectFound(keeps, write('nobody', { ...keptRow, id: 'nobody' }), write('nobody', null));
  const entry = { key: 'pending:nobody', kind: 'pending', _deleted: '0' };
  await expectFound('what page 2 has on its way', () => forge(bob.page, 'users_sync', entry.key, entry), () => forge(bob.page, 'users_sync', entry.key, null));

  const showing = (change: (row: HTMLElement) => void) => () => bob.row('kept@').evaluate(change);
  await expectFound('what page 2 shows', showing((row) => (row.children[1]!.textContent = 'forged')), showing((row) => (row.children[1]!.textContent = 'active')));
  await expectFound('what page 2 shows', showing((row) => row.after(row.cloneNode(true))), () => bob.row('kept@').last().evaluate((row) => row.remove()));
  await expectFound('what page 2 shows', showing((row) => (row.style.display = 'none')), () => bob.page.locator('tr[style]').evaluate((row) => row.removeAttribute('style')));
  const counter = bob.page.getByText('Local users:').locator('strong');
  await expectFound('how many users page 2 counts', () => counter.evaluate((count) => (count.textContent += '0')), () => counter.evaluate((count) => (count.textContent = count.textContent!.slice(0, -1))));

  const told = `what NATS told last: 1 of ${users.size} users differ`;
  const last = await newestBroadcast(stage.system);
  const forget = async () => forgetBroadcast(stage.system, await newestBroadcast(stage.system));
  await expectFound(told, () => forgeBroadcast(stage.system, { ...newest, role: 'forged' }), forget);
  await expectFound(told, () => forgeBroadcast(stage.system, { ...gone, _deleted: false }), forget);
  await expectFound(told, () => forgeBroadcast(stage.system, { ...newest, id: 'nobody' }), forget);
  await expectFound(told, () => forgetBroadcast(stage.system, last), () => forgeBroadcast(stage.system, newest));

  const store = (user: Document, document: Document) => () => tamper(stage.system, `UPDATE users SET document = '${JSON.stringify(document)}' WHERE doc_id = '${user.id}'`);
  // Everybody is measured by it.
  await expectFound('what page 1 shows', store(kept, { ...kept, status: 'forged' }), store(kept, kept));
  await expectFound('what page 1 shows', store(kept, { ...kept, _deleted: true }), store(kept, kept));
  await expectFound('what NATS told last', store(gone, { ...gone, status: 'forged' }), store(gone, gone));
  await expectFound(`what NATS told last: 2 of ${users.size} users differ`, store(gone, { ...gone, id: 'nobody' }), store(gone, gone));

});
