import type { Browser } from 'playwright-core';
import { Person } from '../../page/harness/person.ts';

/** Runs in the page: the milliseconds from the click until the page counts so many users, which it reads from RxDB. */
function timeFromClick(users: number): Promise<number> {
  const all = [...document.querySelectorAll('button, li')];
  const start = all.find(({ textContent }) => textContent?.includes('Start NATS Replication'));
  const counter = all.find(({ textContent }) => textContent?.includes('Local users:'));
  if (!(start instanceof HTMLElement) || counter === undefined) throw new Error('the page has no such button or counter');
  return new Promise((resolve) => {
    let begun = 0;
    const observer = new MutationObserver(() => {
      if (Number(counter.textContent?.replace(/\D/g, '')) < users) return;
      observer.disconnect();
      resolve(performance.now() - begun);
    });
    observer.observe(counter, { subtree: true, characterData: true, childList: true });
    begun = performance.now();
    start.click();
  });
}

/** The milliseconds until a browser that had nothing has all users. */
export async function timeFirstSync(browser: Browser, url: string, users: number): Promise<number> {
  const { page, context } = await Person.open(await browser.newContext(), url);
  try {
    // The collection is open when it can be cleared.
    await page.locator('button:enabled', { hasText: '🧹 Clear All Local Users' }).waitFor();
    return await page.evaluate(timeFromClick, users);
  } finally {
    await context.close();
  }
}
