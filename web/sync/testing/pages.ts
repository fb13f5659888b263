import { afterEach } from 'vitest';
import type { ReplicateUsersOptions } from '../options.ts';
import { Browser, type Profile } from './browser.ts';
import { eventually } from './eventually.ts';
import type { FakeStore, FakeTransport } from './fake_store.ts';

/** A page that replicates with a FakeStore. */
export interface Page {
  browser: Browser;
  transport: FakeTransport;
}

const pages: Page[] = [];

/** After each test of the file that calls this, all pages are closed. */
export function closePagesAfterEach(): void {
  afterEach(async () => {
    for (const { transport } of pages) transport.beforeReceipts = () => Promise.resolve();
    await Promise.all(pages.splice(0).map(({ browser }) => browser.close()));
  });
}

export interface PageOptions extends Omit<ReplicateUsersOptions, 'collection' | 'transport'> {
  profile?: Profile;
  tabs?: boolean;
  /** Called before the transport is used. */
  prepare?: (transport: FakeTransport) => void;
}

export async function openPage(store: FakeStore, options: PageOptions = {}): Promise<Page> {
  const { profile, tabs, prepare, ...replicated } = options;
  const browser = await Browser.open(profile, tabs);
  const transport = store.connect();
  prepare?.(transport);
  browser.replicate({ ...replicated, transport });
  const page = { browser, transport };
  pages.push(page);
  return page;
}

/** A page that has pulled and pushed everything once. */
export async function openSynced(store: FakeStore, options: PageOptions = {}): Promise<Page> {
  const page = await openPage(store, options);
  await page.browser.replication.inSync();
  return page;
}

/** As if the tab were closed: what was not kept is gone. */
export async function closePage(page: Page): Promise<void> {
  pages.splice(pages.indexOf(page), 1);
  await page.browser.close();
}

/** Waits until no push is open. */
export async function settled({ browser }: Page): Promise<void> {
  await eventually(async () => {
    if ((await browser.pending()).size > 0) throw new Error('a push is open');
  });
}
