// What a replication says of itself.
import { filter, firstValueFrom } from 'rxjs';
import { expect, test } from 'vitest';
import { eventually } from './testing/eventually.ts';
import { FakeStore, type FakeTransport } from './testing/fake_store.ts';
import { closePagesAfterEach, openPage, openSynced } from './testing/pages.ts';

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

test('it is offline only after it was in sync: a connection that is lost before is made', async () => {
  const pulling = (made: FakeTransport) => (made.beforePage = () => new Promise(() => undefined));
  const { browser, transport } = await openPage(new FakeStore(), { prepare: pulling });
  await firstValueFrom(browser.replication.state$.pipe(filter((state) => state === 'syncing')));
  transport.setOnline(false);
  expect(await firstValueFrom(browser.replication.state$)).toBe('connecting');
});

test('what goes wrong with the transport is told and counted', async () => {
  const { browser, transport } = await openSynced(new FakeStore());
  const errors: Error[] = [];
  browser.replication.errors$.subscribe((error) => errors.push(error));
  const error = new Error('permission denied');
  transport.events$.next({ kind: 'error', error });
  expect(errors).toEqual([error]);
  expect(await browser.counters()).toMatchObject({ errors: 1 });
});
