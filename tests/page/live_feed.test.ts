// The live feed: every change once, with its hops, whatever goes away meanwhile.
import { expect, test } from 'vitest';
import { eventually } from './harness/eventually.ts';
import { whileDown } from './harness/faults.ts';
import { refusedCall } from './harness/grpc_web.ts';
import { feedEntries, feedIs, History } from './harness/history.ts';
import type { Person } from './harness/person.ts';
import { Stage } from './harness/stage.ts';

// Heads are signed often: a test waits for two.
const stage = Stage.ofFile({ USERSYNC_LOG_INTERVAL: '1s' });

/** The sequences that a person's feed shows, the newest first. */
async function sequences(person: Person): Promise<number[]> {
  const texts = await feedEntries(person).allInnerTexts();
  return texts.map((text) => Number(/#(\d+)/.exec(text)?.[1]));
}

async function createMany(person: Person, name: string, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) await person.create(`${name}-${index}@example.com`);
}

/** Until the feed shows so many changes, and none was left out. */
async function shows(person: Person, count: number): Promise<void> {
  await eventually(async () => {
    const shown = await sequences(person);
    expect(shown, 'sequences in the feed').toEqual(Array.from({ length: count }, (_, index) => (shown[0] ?? 0) - index));
  });
}

test('a change is told with its sequence, action, actor and fields, and how long each hop took', async () => {
  const [ann, bob] = await stage.two();
  await feedIs(ann, 'live');
  await bob.create('told@example.com');
  const entry = feedEntries(ann).first();
  await entry.waitFor();
  expect(await entry.innerText()).toMatch(/#\d+[\s\S]*create[\s\S]*by frontend-client[\s\S]*created_at, email, id, status, updated_at/);
  for (const hop of ['author', 'bridge', 'store', 'feed', 'here']) expect(await entry.innerText()).toMatch(new RegExp(`${hop}\\s*\\d+(\\.\\d)? m?s`));
});

test.each(['store', 'gateway'])('the %s dies and comes back, and no change is missed', async (name) => {
  const [ann, bob] = await stage.two();
  await feedIs(ann, 'live');
  await createMany(bob, `before-${name}`, 2);
  await shows(ann, 2);
  await whileDown(stage.system, name, async () => {
    await feedIs(ann, 'reconnecting');
    await createMany(bob, `meanwhile-${name}`, 3);
  });
  await shows(ann, 5);
  await feedIs(ann, 'live');
});

test('without a network it does not seem to live, and it misses nothing', async () => {
  const [ann, bob] = await stage.two();
  await feedIs(ann, 'live');
  await createMany(bob, 'before-network', 1);
  await shows(ann, 1);
  await ann.context.setOffline(true);
  await feedIs(ann, 'reconnecting');
  await ann.page.getByText('This device has no network. The feed goes on by itself').waitFor();
  const history = await History.ofRow(ann, 'before-network-0@');
  await history.text('This device has no network. It is read again by itself.').waitFor();
  await createMany(bob, 'without-network', 2);
  await ann.context.setOffline(false);
  await history.text('1 of 1 shown versions verified').waitFor();
  await history.close();
  await shows(ann, 3);
});

test('paused, it stands still; resumed, it tells what it has missed', async () => {
  const [ann, bob] = await stage.two();
  await feedIs(ann, 'live');
  await createMany(bob, 'before-pause', 1);
  await shows(ann, 1);
  await ann.button('Pause feed').click();
  await feedIs(ann, 'paused');
  await createMany(bob, 'while-paused', 3);
  for (let index = 0; index < 3; index += 1) await ann.row(`while-paused-${index}@`).waitFor();
  expect(await sequences(ann), 'sequences in the feed').toHaveLength(1);
  await ann.button('Resume feed').click();
  await shows(ann, 4);
});

test('the signed head of the log that the feed brings is verified; one that is not signed so is told', async () => {
  const [ann] = await stage.two();
  await ann.page.getByText(/✓ signed log of \d+ versions verified by this browser/).waitFor();
  const place = await ann.page.evaluate(() => Object.keys(localStorage).find((key) => key.startsWith('usersync.log-head')));
  // As if this browser had seen a log that had gone further than any store remembers.
  await ann.page.evaluate((key) => {
    const head = JSON.parse(localStorage.getItem(key)!) as { note: string };
    localStorage.setItem(key, JSON.stringify({ ...head, note: head.note.replace(/\n\d+\n/, '\n1000000\n') }));
  }, place!);
  await ann.create('makes-a-new-head@example.com');
  await ann.page.getByText('✗ the signed log does not verify').waitFor();
});

test('who was away for longer than the store keeps changes is told so, and starts from now', async () => {
  const [ann, bob] = await stage.two();
  await feedIs(ann, 'live');
  await ann.button('Pause feed').click();
  await ann.page.route('**/users.v1.ChangeFeedService/Watch', (route) => route.fulfill(refusedCall(11, 'CHECKPOINT_TOO_OLD')));
  await ann.button('Resume feed').click();
  await feedIs(ann, 'too far behind');
  await ann.page.getByText('The store has archived changes that this page has not seen.').waitFor();
  await ann.page.unrouteAll();
  await ann.button('Start from now').click();
  await feedIs(ann, 'live');
  await bob.create('after-too-old@example.com');
  await shows(ann, 1);
});
