import { afterEach, beforeEach, expect, test } from 'vitest';
import { editUser } from './edit_user.ts';
import { Browser } from './testing/browser.ts';
import { newUser } from './user.ts';

const user = newUser({ email: 'ann@example.com', status: 'active', role: 'admin' });
let browser: Browser;

beforeEach(async () => {
  browser = await Browser.open();
  await browser.users.insert(user);
});

afterEach(() => browser.close());

test('edits at the same time all take effect', async () => {
  await Promise.all([
    editUser(browser.users, user.id, { status: 'paused' }),
    editUser(browser.users, user.id, { email: 'ann@example.org' }),
    editUser(browser.users, user.id, { role: 'owner' }),
  ]);
  expect(await browser.row(user.id)).toMatchObject({ status: 'paused', email: 'ann@example.org', role: 'owner' });
});

test('a role can be taken away', async () => {
  await editUser(browser.users, user.id, { role: '' });
  expect(Object.keys((await browser.row(user.id)) ?? {})).not.toContain('role');
});

test('who is deleted cannot be edited', async () => {
  await (await browser.users.findOne(user.id).exec())?.remove();
  await expect(editUser(browser.users, user.id, { status: 'paused' })).rejects.toThrow('deleted');
});

test('no row holds a role that is null, a field that nobody knows, or no updated_at', async () => {
  const { updated_at, ...timeless } = user;
  for (const wrong of [{ ...user, role: null }, { ...user, phone: '1' }, timeless]) {
    await expect(browser.users.insert({ ...wrong, id: crypto.randomUUID() } as typeof user)).rejects.toThrow();
  }
});
