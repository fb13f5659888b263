import { createInbox, type NatsConnection, wsconnect } from '@nats-io/nats-core';
import type { RunningSystem } from '../../../web/sync/testing/running_system.ts';
import { byId, type Document, type Documents } from './document.ts';

const broadcasts = 'USERS_BROADCAST';
const updates = 'USERS_UPDATE';

interface StreamInfo {
  state: { messages: number; last_seq: number };
}

async function ask<T>(connection: NatsConnection, call: string, request: object): Promise<T> {
  const answer = (await connection.request(`$JS.API.${call}`, JSON.stringify(request), { timeout: 30_000 })).json<T & { error?: object }>();
  if (answer.error !== undefined) throw new Error(`${call}: ${JSON.stringify(answer.error)}`);
  return answer;
}

/** As the operator. */
async function asking<T>(system: RunningSystem, work: (connection: NatsConnection) => Promise<T>): Promise<T> {
  const { USERSYNC_NATS_USER: user = '', USERSYNC_NATS_PASSWORD: pass = '' } = system.variables;
  const connection = await wsconnect({ servers: system.natsWsUrl, user, pass });
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

/** All that a stream holds, in its order. */
async function messages(connection: NatsConnection, stream: string): Promise<string[]> {
  const { state } = await ask<StreamInfo>(connection, `STREAM.INFO.${stream}`, {});
  const inbox = createInbox();
  const subscription = connection.subscribe(inbox, { max: state.messages });
  const config = { deliver_subject: inbox, deliver_policy: 'all', ack_policy: 'none', mem_storage: true };
  if (state.messages > 0) await ask(connection, `CONSUMER.CREATE.${stream}`, { stream_name: stream, config });
  const found: string[] = [];
  if (state.messages > 0) for await (const message of subscription) found.push(message.string());
  return found;
}

/** What NATS says of every user: the newest of its broadcasts. A client that only listens would have this. */
export function broadcastsOf(system: RunningSystem): Promise<Documents> {
  return asking(system, async (connection) => {
    // Erased versions are empty.
    const documents = (await messages(connection, broadcasts)).filter((text) => text !== '').map((text) => JSON.parse(text) as Document);
    return byId(documents);
  });
}

/** How many messages clients have published, those that they sent again included. */
export async function publishedTo(system: RunningSystem): Promise<number> {
  const { state } = await asking(system, (connection) => ask<StreamInfo>(connection, `STREAM.INFO.${updates}`, {}));
  return state.last_seq;
}

/** NATS tells a document that nobody committed. */
export async function forgeBroadcast(system: RunningSystem, document: Document): Promise<void> {
  await asking(system, async (connection) => {
    connection.publish('users.broadcast', JSON.stringify(document));
    await connection.flush();
  });
}

/** The number of the newest broadcast in its stream. */
export async function newestBroadcast(system: RunningSystem): Promise<number> {
  const { state } = await asking(system, (connection) => ask<StreamInfo>(connection, `STREAM.INFO.${broadcasts}`, {}));
  return state.last_seq;
}

/** NATS forgets a broadcast. */
export async function forgetBroadcast(system: RunningSystem, number: number): Promise<void> {
  await asking(system, (connection) => ask(connection, `STREAM.MSG.DELETE.${broadcasts}`, { seq: number }));
}
