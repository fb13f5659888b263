import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** `pnpm screenshots` names the folder that README.md shows; a test must change no file of the tree. */
const folder = resolve(process.env['SCREENSHOTS'] ?? join(root, 'build', 'screenshots'));

/** Takes a picture of what the window shows, with `top` at its upper edge. */
export async function takePicture(page: Page, name: string, top?: Locator): Promise<Buffer> {
  mkdirSync(folder, { recursive: true });
  await page.evaluate((element) => {
    (document.activeElement as HTMLElement | null)?.blur();
    window.scrollTo(0, element === null ? 0 : element.getBoundingClientRect().top + window.scrollY - 16);
  }, (await top?.elementHandle()) ?? null);
  return page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled', caret: 'hide' });
}
