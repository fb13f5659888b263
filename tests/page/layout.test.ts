// What a person sees stays where it is, fits into a phone, and can be reached without a mouse.
import { expect, test } from 'vitest';
import { allEqual } from './harness/all_equal.ts';
import { eventually } from './harness/eventually.ts';
import { feedEntries, feedIs, History } from './harness/history.ts';
import { moved, noteShifts, overflow } from './harness/layout.ts';
import type { Person } from './harness/person.ts';
import { Stage } from './harness/stage.ts';

const stage = Stage.ofFile();
const phone = { viewport: { width: 360, height: 740 }, colorScheme: 'dark', hasTouch: true, isMobile: true } as const;

async function come(options: Parameters<typeof stage.browser.newContext>[0]): Promise<Person> {
  const context = await stage.browser.newContext(options);
  await context.addInitScript(noteShifts);
  return stage.open(context);
}

/** Presses Tab until what has these words, in these surroundings, has the focus. */
async function tabTo({ page }: Person, words: string, surroundings = ''): Promise<void> {
  for (let pressed = 0; pressed < 200; pressed += 1) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => {
      const { activeElement: element } = document;
      const label = element instanceof HTMLInputElement ? (element.labels?.[0]?.textContent ?? element.ariaLabel) : null;
      return [label ?? (element instanceof HTMLButtonElement || element instanceof HTMLAnchorElement ? element.textContent : ''), element?.closest('tr, article, section')?.textContent ?? ''] as const;
    });
    if (focused[0].includes(words) && focused[1].includes(surroundings)) return;
  }
  throw new Error(`${words} cannot be reached`);
}

/** What has the focus begins with these words. */
async function expectFocus({ page }: Person, words: string): Promise<void> {
  const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim());
  await eventually(async () => expect(await focused(), 'what has the focus').toMatch(new RegExp(`^${words}`)));
}

test.each([{ viewport: { width: 1280, height: 900 } }, phone])('nothing moves but rows, whatever happens elsewhere (%o)', async (options) => {
  const [ann, bob] = [await come(options), await come({})];
  const name = `still-${options.viewport.width}`;
  await feedIs(ann, 'live');
  for (const person of [ann, bob]) await (await person.start()).active();
  await bob.create(`${name}@example.com`);
  await ann.row(`${name}@`).waitFor();
  await feedEntries(ann).first().waitFor();
  await ann.context.setOffline(true);
  await ann.inactive();
  await ann.edit(`${name}@`, { Status: 'mine' });
  await bob.edit(`${name}@`, { Status: 'theirs' });
  await ann.context.setOffline(false);
  await ann.active();
  await ann.refusedEdits().filter({ hasText: 'theirs' }).waitFor();
  await ann.button('1 edit not saved').waitFor();
  await allEqual(stage.system, ann, bob);
  expect(await moved(ann.page), 'what moved').toEqual([]);
});

test('on a phone everything fits, however long it is', async () => {
  const ann = await (await (await come(phone)).start()).active();
  const long = `${'x'.repeat(60)}@${'long-domain.'.repeat(20)}example.com`;
  await ann.create(long, 's'.repeat(64), 'r'.repeat(64));
  await ann.row(long).filter({ hasText: 'saved' }).waitFor();
  await ann.submit('no-address'.repeat(20));
  await ann.refusedEdits().waitFor();
  expect(await overflow(ann.page), 'what is too wide').toEqual([]);
  const history = await History.ofRow(ann, long);
  await history.text('1 of 1 shown versions verified').waitFor();
  expect(await overflow(ann.page), 'what is too wide').toEqual([]);
});

test('a value of any length is one line of the table, and all of it can be read', async () => {
  const ann = await (await (await come({ viewport: { width: 1024, height: 768 } })).start()).active();
  const long = `${'y'.repeat(60)}@${'long-domain.'.repeat(20)}example.com`;
  for (const email of ['short@example.com', long]) await ann.create(email, email.repeat(9).slice(0, 64));
  const height = async (email: string): Promise<number> => (await ann.row(email).boundingBox())?.height ?? 0;
  expect(Math.abs((await height(long)) - (await height('short@')))).toBeLessThan(2);
  const address = ann.row(long).getByRole('cell').first();
  await address.hover();
  expect(await address.getAttribute('title')).toBe(long);
  const short = ann.row('short@').getByRole('cell').first();
  await short.hover();
  expect(await short.getAttribute('title')).toBeNull();
  await ann.row(long).getByRole('button', { name: 'Edit' }).click();
  const whole = ann.page.getByText(`now ${long}`);
  expect(await whole.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
  await ann.page.keyboard.press('Escape');

  // Its whole stands in the first version: the title leaves the versions room.
  const history = await History.ofRow(ann, long);
  await history.version(1).getByText(long).waitFor();
  const title = history.dialog.getByRole('heading', { name: long });
  expect((await title.boundingBox())?.height).toBeLessThan(80);
});

/** Writes so many versions of a new user, as a client of REST does that has no page. */
async function writeVersions(email: string, count: number): Promise<void> {
  const write = async (path: string, method: string, user: object): Promise<{ user: { id: string } }> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${stage.system.gatewayUrl}/api/users${path}`, { method, headers, body: JSON.stringify(user) });
    if (!answer.ok) throw new Error(await answer.text());
    return (await answer.json()) as { user: { id: string } };
  };
  const { user } = await write('', 'POST', { email, status: 'status 1' });
  for (let version = 2; version <= count; version += 1) await write(`/${user.id}`, 'PATCH', { status: `status ${version}` });
}

/** What has the focus. */
function focused({ page }: Person): Promise<string> {
  return page.evaluate(() => document.activeElement?.textContent?.trim() || document.activeElement?.ariaLabel || document.activeElement?.tagName || '');
}

test('what is pressed keeps the focus, or gives it to what comes', async () => {
  const ann = await (await (await come({})).start()).active();
  const { keyboard } = ann.page;
  await writeVersions('many@example.com', 23);
  await ann.row('many@').filter({ hasText: 'status 23' }).waitFor();
  const history = await History.ofRow(ann, 'many@');
  await tabTo(ann, 'Compare');
  await keyboard.press('Enter');
  await history.text(/^From version \d+ to/).waitFor();
  expect(await focused(ann)).toBe('Compare');
  const shown = await history.dialog.getByRole('heading', { level: 3 }).count();
  await tabTo(ann, 'Older versions');
  await keyboard.press('Enter');
  await history.version(1).waitFor();
  // The first of them; the newest of 23 stood there before.
  await eventually(async () => expect(await focused(ann)).toMatch(new RegExp(`^Version ${23 - shown}\\b`)));
  await keyboard.press('Escape');
  expect(await focused(ann)).toBe('History');

  await ann.page.getByLabel('Search users').focus();
  await tabTo(ann, 'Skip the users');
  await keyboard.press('Enter');
  expect(await focused(ann)).toBe('Live feed');

  await ann.create('no address');
  await ann.refusedEdits().waitFor();
  await tabTo(ann, 'Correct', 'no address');
  await keyboard.press('Enter');
  expect(await focused(ann)).toBe('Email');
  await keyboard.press('Escape');
  expect(await focused(ann)).toBe('Correct');
});

test('all of the story can be done with the keyboard', async () => {
  const ann = await come({});
  const { keyboard } = ann.page;
  await tabTo(ann, 'Start NATS Replication');
  await keyboard.press('Enter');
  await ann.active();
  await tabTo(ann, 'Email');
  await keyboard.type('keys@example.com');
  await keyboard.press('Enter');
  await ann.row('keys@').filter({ hasText: 'saved' }).waitFor();

  await tabTo(ann, 'Edit', 'keys@');
  await keyboard.press('Enter');
  await keyboard.press('Tab');
  await keyboard.press('ControlOrMeta+A');
  await keyboard.type('typed');
  await keyboard.press('Enter');
  await ann.row('keys@').filter({ hasText: 'typed' }).filter({ hasText: 'saved' }).waitFor();

  // The focus is back where the edit began.
  await expectFocus(ann, 'Edit');
  await tabTo(ann, 'History', 'keys@');
  await keyboard.press('Enter');
  const history = new History(ann);
  await history.version(2).waitFor();
  await tabTo(ann, 'Restore this version');
  await keyboard.press('Enter');
  await keyboard.type('a reason');
  await keyboard.press('Enter');
  await history.text('Version 1 is restored').waitFor();
  await expectFocus(ann, 'Version 1 is restored');
  await keyboard.press('Escape');
  await ann.row('keys@').filter({ hasText: 'active' }).waitFor();

  await ann.submit('no address');
  await tabTo(ann, 'not saved');
  await keyboard.press('Enter');
  await tabTo(ann, 'Drop');
  await keyboard.press('Enter');
  await ann.refusedEdits().waitFor({ state: 'hidden' });
  await expectFocus(ann, 'Users');
});
