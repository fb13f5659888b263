import { wsconnect } from '@nats-io/nats-core';
import type { RunningSystem } from '../../../web/sync/testing/running_system.ts';
import type { Document } from './document.ts';
import { usersOf } from './database.ts';
import { eventually } from './eventually.ts';

/** What one message may hold. */
const batch = 1_000;

/** Makes so many users as a client of NATS does that has no page; returns them once they are committed. */
export async function publishUsers(system: RunningSystem, count: number, name = 'user'): Promise<Document[]> {
  const users = Array.from({ length: count }, (_, index) => newUser(`${name}-${index}@example.com`));
  const connection = await wsconnect({ servers: system.natsWsUrl });
  try {
    for (let begin = 0; begin < count; begin += batch) {
      connection.publish('users.update', JSON.stringify(users.slice(begin, begin + batch)));
    }
    await connection.flush();
  } finally {
    await connection.close();
  }
  await eventually(async () => {
    const known = await usersOf(system);
    if (!users.every(({ id }) => known.has(id))) throw new Error('not all of them are committed');
  });
  return users;
}

function newUser(email: string): Document {
  const time = new Date().toISOString();
  return { id: crypto.randomUUID(), email, status: 'active', created_at: time, updated_at: time, _deleted: false };
}
