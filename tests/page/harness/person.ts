import type { BrowserContext, Locator, Page } from 'playwright-core';
import type { Documents } from './document.ts';
import { patience } from './patience.ts';
import { pendingOf, rowsOf } from './stored_rows.ts';

/** Characters of a part of the page. */
const mostWords = 1_000;

/** Somebody before the page, who knows it by the words that it shows. */
export class Person {
  readonly context: BrowserContext;
  readonly page: Page;

  private constructor(context: BrowserContext, page: Page) {
    this.context = context;
    this.page = page;
  }

  /** In a profile that is there: a new one, a second tab, or the page opened again. */
  static async open(context: BrowserContext, url: string): Promise<Person> {
    const page = await context.newPage();
    page.setDefaultTimeout(patience);
    // Chromium gives up a load when it believes that the network has changed.
    await page.goto(url).catch(() => page.goto(url));
    return new Person(context, page);
  }

  button(words: string): Locator {
    return this.page.getByRole('button', { name: words });
  }

  async start(): Promise<this> {
    await this.button('🔄 Start NATS Replication').click();
    return this;
  }

  /** Until the replication is as good as it says. */
  async active(): Promise<this> {
    await this.page.getByText('✅ NATS replication is active!').waitFor();
    return this;
  }

  /** Until the page knows that it is cut off. */
  async inactive(): Promise<void> {
    await this.page.getByText('✅ NATS replication is active!').waitFor({ state: 'hidden' });
  }

  /** The ids of the rows whose edits are still on their way. */
  pending(): Promise<string[]> {
    return pendingOf(this.page);
  }

  /** All users that this browser keeps, tombstones included. */
  rows(): Promise<Documents> {
    return rowsOf(this.page);
  }

  async create(email: string, status = 'active', role = ''): Promise<void> {
    await this.submit(email, status, role);
    await this.row(email).waitFor();
  }

  /** Creates a user whom the store may refuse before anybody sees the row. */
  async submit(email: string, status = 'active', role = ''): Promise<void> {
    // The form's inputs come first in the document.
    await this.page.getByLabel('Email').first().fill(email);
    await this.page.getByLabel('Status').first().fill(status);
    await this.page.getByLabel('Role').first().fill(role);
    await this.button('➕ Create User').click();
  }

  /** Edits a row in place. */
  async edit(email: string, changes: Partial<Record<'Email' | 'Status' | 'Role', string>>): Promise<void> {
    await this.row(email).getByRole('button', { name: 'Edit' }).click();
    // Only one row has inputs, and none shows its address as text.
    const editor = this.page.getByRole('row').filter({ has: this.page.getByRole('textbox') });
    for (const [label, value] of Object.entries(changes)) await editor.getByLabel(label).fill(value);
    await editor.getByRole('button', { name: 'Save' }).click();
    await editor.waitFor({ state: 'hidden' });
  }

  async remove(email: string): Promise<void> {
    await this.row(email).getByRole('button', { name: 'Delete' }).click();
    await this.row(email).waitFor({ state: 'hidden' });
  }

  /** The row of the table that shows a user. */
  row(email: string): Locator {
    return this.page.getByRole('row').filter({ hasText: email });
  }

  /** The edits that were refused and that nobody dealt with. */
  refusedEdits(): Locator {
    return this.page.getByRole('region', { name: 'Conflicts and refused edits' }).getByRole('article');
  }

  /** How many users the page says it has. */
  async countShown(): Promise<number> {
    return Number(/\d+/.exec(await this.page.getByText('Local users:').innerText())?.[0]);
  }

  /** Address, status and role of each row of the table, from the top. */
  async shownUsers(): Promise<string[]> {
    const cells = this.page.getByRole('row').filter({ has: this.page.getByRole('cell') });
    const texts = await cells.evaluateAll((rows) => rows.map((row) => [...row.children].slice(0, 3).map((cell) => (cell as HTMLElement).innerText)));
    return texts.map((words) => words.join(' | '));
  }

  /** Whether this is a page that is open and replicates. */
  async replicates(): Promise<boolean> {
    return !this.page.isClosed() && (await this.button('⏹️ Stop Replication').count()) > 0;
  }

  /** What the page says, to be read where something went wrong: of each part the beginning, and nothing of the feed. */
  async words(): Promise<string> {
    const parts = await this.page.locator('main > :not(:has(#feed-title)), dialog').allInnerTexts();
    return parts.map((text) => text.slice(0, mostWords)).join('\n\n');
  }
}
