import { createInbox, type NatsConnection, wsconnect } from '@nats-io/nats-core';
import type { RunningSystem } from '../../../web/sync/testing/running_system.ts';
import { byId, type Document, type Documents } from './document.ts';

const stream = 'USERS_BROADCAST';

interface StreamInfo {
  state: { messages: number };
}

async function ask<T>(connection: NatsConnection, call: string, request: object): Promise<T> {
  const answer = (await connection.request(`$JS.API.${call}`, JSON.stringify(request), { timeout: 30_000 })).json<T & { error?: object }>();
  if (answer.error !== undefined) throw new Error(`${call}: ${JSON.stringify(answer.error)}`);
  return answer;
}

/** All that the stream holds, in its order. */
async function messages(connection: NatsConnection): Promise<string[]> {
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
export async function broadcastsOf(system: RunningSystem): Promise<Documents> {
  const { USERSYNC_NATS_USER: user = '', USERSYNC_NATS_PASSWORD: pass = '' } = system.variables;
  const connection = await wsconnect({ servers: system.natsWsUrl, user, pass });
  try {
    // Erased versions are empty.
    const documents = (await messages(connection)).filter((text) => text !== '').map((text) => JSON.parse(text) as Document);
    return byId(documents);
  } finally {
    await connection.close();
  }
}
