// Both libraries in Debian's Chromium, on a page of another origin.
import { type Browser, type Page, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { FLAGS } from './flags.ts';
import { PageServer } from './page_server.ts';
import { TestGateway } from './test_gateway.ts';

const PATIENCE = { timeout: 60_000 };

let pages: PageServer;
let gateway: TestGateway;
let browser: Browser;
beforeAll(async () => {
  pages = await PageServer.start('page.ts');
  gateway = await TestGateway.start(pages.origin);
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS });
});
afterAll(async () => {
  await browser.close();
  await gateway.stop();
  pages.stop();
});

// Opens the page, and closes whatever is left of it.
async function withPage(use: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  try {
    const page = await context.newPage();
    await page.goto(pages.origin);
    await use(page);
  } finally {
    await context.close();
    await awaitOpen(0);
  }
}

const awaitOpen = (count: number) => vi.waitUntil(async () => (await gateway.seen()).open === count, PATIENCE);

// Chromium gives up connections when it believes that the network changed.
describe('Chromium', { retry: 1 }, () => {
  describe.each([
    ['HTTP/1.1', () => gateway.url],
    ['HTTP/2', () => gateway.tlsUrl],
  ])('over %s', (_, url) => {
    test.each([
      ['connect-web, binary', 'openBinary'],
      ['grpc-web, text', 'openText'],
    ] as const)('has each message of %s as it comes; closing the tab ends the stream', (_, open) =>
      withPage(async (page) => {
        const { cancelled } = await gateway.seen();
        await page.evaluate(([open, url]) => window.clients[open](url, [1, 70_000, 3]), [open, url()] as const);
        // All of them are there while the stream stays open.
        await page.waitForFunction(() => window.clients.received[0]?.length === 3, undefined, PATIENCE);
        expect(await page.evaluate(() => window.clients.received)).toEqual([[1, 70_000, 3]]);
        expect((await gateway.seen()).open).toBe(1);
        await page.close();
        await awaitOpen(0);
        expect((await gateway.seen()).cancelled).toBe(cancelled + 1);
      }),
    );
  });

  test('makes a call while ten streams stay open on one page over HTTP/2', () =>
    withPage(async (page) => {
      const url = gateway.tlsUrl;
      await page.evaluate((url) => {
        for (let i = 0; i < 10; ++i) window.clients.openBinary(url, [i]);
      }, url);
      await awaitOpen(10);
      expect(await page.evaluate((url) => window.clients.call(url, 300), url)).toBe(300);
      await page.waitForFunction(() => window.clients.received.every((sizes) => sizes.length === 1), undefined, PATIENCE);
      expect((await gateway.seen()).open).toBe(10);
    }));
});
