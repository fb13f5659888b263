// What must survive: NATS killed, the bridge killed, another database. Systems of its own.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Browser, Profile } from './testing/browser.ts';
import { eventually } from './testing/eventually.ts';
import { RunningSystem } from './testing/running_system.ts';
import { edited, newUser } from './user.ts';

const browsers: Browser[] = [];
let system: RunningSystem;

beforeEach(async () => {
  system = await RunningSystem.start();
});

afterEach(async () => {
  await Promise.all(browsers.splice(0).map((browser) => browser.close()));
  await system.stop();
});

async function open(nats = system.natsWsUrl, profile?: Profile): Promise<Browser> {
  const browser = await Browser.open(profile);
  browsers.push(browser);
  browser.replicate({ nats });
  return browser;
}

function someone() {
  return newUser({ email: `${crypto.randomUUID()}@example.com`, status: 'active' });
}

test('nothing is lost while NATS and the bridge are killed in turn', async () => {
  const [ann, bob] = [await open(), await open()];
  const users = Array.from({ length: 30 }, someone);
  for (const [index, user] of users.entries()) {
    await (index % 2 === 0 ? ann : bob).users.insert(user);
    if (index % 10 === 3) system.kill('nats');
    if (index % 10 === 7) system.kill('bridge');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const ids = users.map(({ id }) => id);
  await eventually(async () => {
    for (const browser of [ann, bob]) {
      expect((await browser.pending()).size).toBe(0);
      const found = await browser.users.findByIds(ids).exec();
      expect(users.map(({ id }) => found.get(id)?.toMutableJSON())).toEqual(users);
    }
  });
  expect([await ann.refused(), await bob.refused()]).toEqual([[], []]);
});

test('another database begins a new generation, and gets the rows that only this browser has', async () => {
  const profile = new Profile();
  const first = await open(system.natsWsUrl, profile);
  const user = someone();
  await first.users.insert(user);
  await first.replication.inSync();
  await eventually(async () => expect((await first.pending()).size).toBe(0));
  await first.close();
  browsers.length = 0;

  await system.stop();
  system = await RunningSystem.start();
  const second = await open(system.natsWsUrl, profile);
  const witness = await open();
  await eventually(async () => expect(await witness.row(user.id)).toEqual(user));
  await eventually(() => expect(second.replication.identifier).toMatch(/^usersync\|[0-9a-f-]{36}\|2$/));
  const later = edited(user, { status: 'paused' });
  await second.users.incrementalUpsert(later);
  await eventually(async () => expect(await witness.row(user.id)).toEqual(later));
  expect(await second.refused()).toEqual([]);
});
