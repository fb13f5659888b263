import type { Locator } from 'playwright-core';
import type { Person } from './person.ts';

/** The history of a user, open before a person. */
export class History {
  readonly dialog: Locator;

  /** Of the one that is open. */
  constructor({ page }: Person) {
    this.dialog = page.getByRole('dialog', { name: 'History of' });
  }

  /** From the user's row. */
  static async ofRow(person: Person, email: string): Promise<History> {
    await person.row(email).getByRole('button', { name: 'History' }).click();
    return new History(person);
  }

  /** From the newest entry of the live feed that has these words. */
  static async ofFeed(person: Person, words: string): Promise<History> {
    await feedEntries(person).filter({ hasText: words }).first().getByRole('button').click();
    return new History(person);
  }

  static async ofId(person: Person, id: string): Promise<History> {
    await person.page.getByLabel('History of the user with the id').fill(id);
    await person.page.getByRole('button', { name: 'Open', exact: true }).click();
    return new History(person);
  }

  version(number: number): Locator {
    const heading = this.dialog.page().getByRole('heading', { name: new RegExp(`^Version ${number}\\b`) });
    return this.dialog.getByRole('listitem').filter({ has: heading });
  }

  button(words: string): Locator {
    return this.dialog.getByRole('button', { name: words });
  }

  text(words: string | RegExp): Locator {
    return this.dialog.getByText(words);
  }

  async close(): Promise<void> {
    await this.button('Close the history').click();
    await this.dialog.waitFor({ state: 'hidden' });
  }
}

/** What the live feed shows, the newest first. */
export function feedEntries({ page }: Person): Locator {
  return page.getByRole('list', { name: 'Changes, newest first' }).getByRole('listitem');
}

/** Until the live feed is in this state. */
export async function feedIs({ page }: Person, state: string): Promise<void> {
  await page.getByRole('region', { name: 'Live feed' }).getByRole('status').filter({ hasText: state }).waitFor();
}
