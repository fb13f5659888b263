import type { Browser } from 'playwright-core';

/** The kilobytes (of 1,000 bytes) that the network carries when the page is opened for the first time: headers, too. */
export async function weighPage(browser: Browser, url: string): Promise<number> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    let bytes = 0;
    devtools.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
    await devtools.send('Network.enable');
    await page.goto(url, { waitUntil: 'networkidle' });
    return bytes / 1000;
  } finally {
    await context.close();
  }
}
