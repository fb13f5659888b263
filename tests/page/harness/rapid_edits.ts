import type { Person } from './person.ts';

export interface Edit {
  email: string;
  /** As the column is called. */
  field: 'Status' | 'Role';
  value: string;
}

/** Between two edits, in milliseconds: faster than anybody types, slower than a script. */
const pause = 5;

/** Runs in the page: a person with very quick hands. */
async function editAll([edits, pause]: [Edit[], number]): Promise<void> {
  const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
  const rowOf = (email: string): Element | undefined =>
    [...document.querySelectorAll('tbody tr')].find((row) => row.querySelector('td')?.textContent?.trim() === email);
  const press = (row: Element, words: string): void =>
    [...row.querySelectorAll('button')].find((button) => button.textContent?.trim() === words)?.click();
  for (const { email, field, value } of edits) {
    const row = rowOf(email);
    if (row === undefined) throw new Error(`there is no row of ${email}`);
    press(row, 'Edit');
    await sleep(0);
    const editor = document.querySelector<HTMLInputElement>(`tr input[aria-label="${field}"]`);
    if (editor === null) throw new Error(`${email} cannot be edited`);
    editor.value = value;
    editor.dispatchEvent(new Event('input', { bubbles: true }));
    press(editor.closest('tr')!, 'Save');
    await sleep(pause);
  }
}

/** Edits rows in place, one after the other, a few milliseconds apart. */
export async function editRapidly({ page }: Person, edits: Edit[]): Promise<void> {
  await page.evaluate(editAll, [edits, pause] as [Edit[], number]);
}

/** Presses a button so many times, a few milliseconds apart. */
export async function pressRapidly(person: Person, words: string, times: number): Promise<void> {
  await person.button(words).evaluate(
    async (button: HTMLButtonElement, [times, pause]) => {
      for (let pressed = 0; pressed < times; pressed += 1) {
        button.click();
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    },
    [times, pause] as const,
  );
}
