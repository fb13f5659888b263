import type { Browser, Page } from 'playwright-core';
import { Person } from '../../page/harness/person.ts';

const email = 'edited@example.com';

// Both run in the page. Browsers of one machine have one clock.

/** Saves the edit that is open. Returns when. */
function save(): number {
  const button = [...document.querySelectorAll('button')].find(({ textContent }) => textContent === 'Save');
  if (button === undefined) throw new Error('no edit is open');
  const now = performance.timeOrigin + performance.now();
  button.click();
  return now;
}

/** Begins to look for a text in the table. The next call tells when it was there. */
function lookFor(text: string): void {
  const table = document.querySelector('table');
  if (table === null) throw new Error('the page has no table');
  const { promise, resolve } = Promise.withResolvers<number>();
  const observer = new MutationObserver(() => {
    if (!table.textContent?.includes(text)) return;
    observer.disconnect();
    resolve(performance.timeOrigin + performance.now());
  });
  observer.observe(table, { subtree: true, characterData: true, childList: true });
  Object.assign(window, { found: promise });
}

const open = async (browser: Browser, url: string): Promise<Person> => Person.open(await browser.newContext(), url);

const found = (page: Page): Promise<number> => page.evaluate(() => (window as unknown as { found: Promise<number> }).found);

/** The milliseconds from Save in one browser until another shows it, of each edit. Both hold all users. */
export async function timeEdits(browser: Browser, url: string, users: number, edits: number): Promise<number[]> {
  const [author, reader] = await Promise.all([open(browser, url), open(browser, url)]);
  for (const { page } of [await author.start(), await reader.start()]) {
    await page.getByText(`Local users: ${users}`).waitFor();
  }
  await author.create(email);
  await reader.row(email).waitFor();
  const delays: number[] = [];
  for (let number = 0; number < edits; ++number) {
    const status = `edit-${number}.`;
    await author.row(email).getByRole('button', { name: 'Edit' }).click();
    await author.page.getByRole('row').getByLabel('Status').fill(status);
    await reader.page.evaluate(lookFor, status);
    const saved = await author.page.evaluate(save);
    delays.push((await found(reader.page)) - saved);
  }
  await Promise.all([author.context.close(), reader.context.close()]);
  return delays;
}
