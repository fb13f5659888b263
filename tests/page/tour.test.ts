// The pictures that README.md shows: so they never show what is not there. `pnpm screenshots` takes them for it.
import { expect, test } from 'vitest';
import { allEqual } from './harness/all_equal.ts';
import type { Person } from './harness/person.ts';
import { takePicture } from './harness/pictures.ts';
import { Stage } from './harness/stage.ts';

const stage = Stage.ofFile();
const desktop = { width: 1024, height: 720 };
const phone = { width: 390, height: 720 };

/** Width and height stand at a fixed place of a PNG. */
function sizeOf(png: Buffer): object {
  return { width: png.readUInt32BE(16), height: png.readUInt32BE(20) };
}

test('a tour of the page', async () => {
  const [ann, bob] = [await come({ viewport: desktop }), await come({ viewport: phone, colorScheme: 'dark' })];
  for (const [name, role] of [['dora', 'admin'], ['emil', 'user'], ['flora', '']] as const) await ann.create(`${name}@example.com`, 'active', role);
  await bob.row('flora@').waitFor();
  await bob.edit('dora@', { Status: 'invited' });
  await ann.row('dora@').filter({ hasText: 'invited' }).waitFor();
  await allEqual(stage.system, ann, bob);
  expect(sizeOf(await takePicture(ann.page, 'users'))).toEqual(desktop);

  await ann.context.setOffline(true);
  await ann.inactive();
  await ann.edit('dora@', { Status: 'active', Role: 'owner' });
  await ann.create('gustav@example.com');
  await bob.edit('dora@', { Status: 'paused' });
  await ann.page.getByText('2 edits to send').waitFor();
  expect(sizeOf(await takePicture(ann.page, 'offline'))).toEqual(desktop);

  await ann.context.setOffline(false);
  const conflict = ann.refusedEdits().filter({ hasText: 'paused' });
  await conflict.waitFor();
  await ann.row('gustav@').filter({ hasText: 'saved' }).waitFor();
  const region = ann.page.getByRole('region', { name: 'Conflicts and refused edits' });
  expect(sizeOf(await takePicture(ann.page, 'conflict', region))).toEqual(desktop);
  await conflict.getByRole('button', { name: 'Apply again' }).click();
  await bob.row('dora@').filter({ hasText: 'owner' }).waitFor();
  expect(sizeOf(await takePicture(bob.page, 'phone', bob.page.getByRole('heading', { name: 'Users', exact: true })))).toEqual(phone);

  const feed = ann.page.getByRole('region', { name: 'Live feed' });
  await feed.getByText('update').first().waitFor();
  expect(sizeOf(await takePicture(ann.page, 'feed', feed))).toEqual(desktop);

  await ann.row('dora@').getByRole('button', { name: 'History' }).click();
  const history = ann.page.getByRole('dialog', { name: 'History of dora@example.com' });
  await history.getByText(/(\d+) of \1 shown versions verified by this browser/).waitFor();
  expect(sizeOf(await takePicture(ann.page, 'history'))).toEqual(desktop);
  await allEqual(stage.system, ann, bob);
});

async function come(options: Parameters<typeof stage.browser.newContext>[0]): Promise<Person> {
  const person = await stage.come(options);
  await person.start();
  return person.active();
}
