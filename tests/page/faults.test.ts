// The network, NATS and the store go away and come back. Nothing that anybody wrote is lost.
import { expect, test } from 'vitest';
import { allEqual } from './harness/all_equal.ts';
import { headOf } from './harness/database.ts';
import { emailsOf } from './harness/document.ts';
import { eventually } from './harness/eventually.ts';
import { patience } from './harness/patience.ts';
import { whileDown } from './harness/faults.ts';
import type { Person } from './harness/person.ts';
import { publishUsers } from './harness/publisher.ts';
import { pressRapidly } from './harness/rapid_edits.ts';
import { Stage } from './harness/stage.ts';
import { publishedTo } from './harness/streams.ts';

const stage = Stage.ofFile();

test('a person without a network goes on writing, and all of it arrives', async () => {
  const [ann, bob] = await stage.two();
  await ann.context.setOffline(true);
  await ann.inactive();
  await ann.create('written-offline@example.com');
  await bob.create('written-meanwhile@example.com');
  await ann.context.setOffline(false);
  await ann.active();
  const users = await allEqual(stage.system, ann, bob);
  expect(emailsOf(users)).toEqual(expect.arrayContaining(['written-offline@example.com', 'written-meanwhile@example.com']));
});

test('NATS is killed and comes back', async () => {
  const [ann, bob] = await stage.two();
  await ann.create('before-nats@example.com');
  await bob.row('before-nats@').waitFor();
  await whileDown(stage.system, 'nats', async () => {
    await Promise.all([ann.inactive(), bob.inactive()]);
    await ann.create('without-nats-1@example.com');
    await bob.create('without-nats-2@example.com');
    await bob.edit('before-nats@', { Status: 'paused' });
  });
  await Promise.all([ann.active(), bob.active()]);
  const users = await allEqual(stage.system, ann, bob);
  expect(emailsOf(users)).toEqual(expect.arrayContaining(['without-nats-1@example.com', 'without-nats-2@example.com']));
  expect([...users.values()]).toContainEqual(expect.objectContaining({ email: 'before-nats@example.com', status: 'paused' }));
});

test('the store is away for a minute, and nobody is told an edit is saved before it is', async () => {
  const [ann, bob] = await stage.two();
  const authorOf = (index: number) => (index % 2 === 0 ? ann : bob);
  const emails = Array.from({ length: 6 }, (_, index) => `without-store-${index}@example.com`);
  await whileDown(stage.system, 'store', async () => {
    const before = await publishedTo(stage.system);
    for (const [index, email] of emails.entries()) {
      await authorOf(index).create(email);
      await authorOf(index).row(email).filter({ hasText: 'pending' }).waitFor();
    }
    const sentFirst = async () => [(await ann.pending()).length, (await bob.pending()).length];
    await eventually(async () => expect(await sentFirst(), 'edits under way').not.toContain(0));
    // Both send again what nobody answers, every ten seconds: this makes the minute.
    await eventually(async () => expect(await publishedTo(stage.system) - before, 'messages').toBeGreaterThanOrEqual(2 * 6), 3 * patience);
    for (const [index, email] of emails.entries()) expect(await authorOf(index).row(email).innerText()).toContain('pending');
  });
  const users = await allEqual(stage.system, ann, bob);
  expect(emailsOf(users)).toEqual(expect.arrayContaining(emails));
  for (const email of emails) await ann.row(email).filter({ hasText: 'saved' }).waitFor();
});

/** Writes much at once, and goes on whatever is down. */
async function write(person: Person, name: string): Promise<void> {
  await pressRapidly(person, '🔄 Update Random User', 20);
  await person.create(`${name}@example.com`);
}

test('five people write all the time while everything is killed in turn', { timeout: 600_000 }, async () => {
  await publishUsers(stage.system, 20);
  const people = await stage.people(5);
  for (const person of people) await person.row('user-19@').waitFor();
  for (const [round, name] of ['nats', 'bridge', 'store', 'postgres', 'gateway', 'nats', 'store'].entries()) {
    const before = await headOf(stage.system);
    const written = Promise.all(people.map((person, index) => write(person, `writer-${index}-${round}`)));
    await whileDown(stage.system, name, () => undefined);
    await written;
    // It goes on, though not all has arrived: so something is under way when the next one is killed.
    await eventually(async () => expect(await headOf(stage.system), 'the newest sequence').toBeGreaterThan(before));
  }
  const users = await allEqual(stage.system, ...people);
  const created = emailsOf(users).filter((email) => email.startsWith('writer-'));
  expect(created, 'users that they created').toHaveLength(7 * people.length);
});
