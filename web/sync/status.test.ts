// What a replication says of itself.
import { expect, test } from 'vitest';
import { eventually } from './testing/eventually.ts';
import { FakeStore } from './testing/fake_store.ts';
import { closePagesAfterEach, openPage } from './testing/pages.ts';

closePagesAfterEach();

test('each state is told once', async () => {
  const { browser, transport } = await openPage(new FakeStore());
  const states: string[] = [];
  browser.replication.state$.subscribe((state) => states.push(state));
  await browser.replication.inSync();
  transport.setOnline(false);
  transport.setOnline(false);
  await browser.replication.cancel();
  await eventually(() => expect(states.at(-1)).toBe('stopped'));
  expect(states).toEqual(['connecting', 'syncing', 'active', 'offline', 'stopped']);
});
