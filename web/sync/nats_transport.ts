import { createInbox, headers, wsconnect, type Authenticator, type Msg, type NatsConnection } from '@nats-io/nats-core';
import { filter, firstValueFrom, merge, Subject, take, takeUntil, timer, toArray } from 'rxjs';
import { decodeChange, decodeHeartbeat, decodePage, decodeReceipt, encodeMutations } from './nats_codec.ts';
import type { Mutation, Receipt } from './mutation.ts';
import { onNetworkLost } from './network.ts';
import type { Subjects } from './subjects.ts';
import { answerTimeout, type Page, type Transport, type TransportEvent } from './transport.ts';

/** How a client proves to NATS who it is. None: it is anonymous. */
export interface NatsCredentials {
  user?: string;
  pass?: string;
  token?: string;
  authenticator?: Authenticator;
}

const reconnectWait = 500;
/** A connection that is silent for two of these is given up. */
const pingInterval = 10_000;

/** Opens a connection that lives until it is closed. Rejects if `timeout` passes before there is one. */
export function connectNats(
  servers: string | string[],
  credentials: NatsCredentials,
  timeout: number,
): Promise<NatsConnection> {
  return new Promise((resolve, reject) => {
    // nats-core waits for ever where the browser forbids it at once, as it does with ws: in a page that came over https:.
    const wsFactory = async (url: string) => {
      try {
        return { socket: new WebSocket(url), encrypted: url.startsWith('wss:') };
      } catch (error) {
        reject(error);
        throw error;
      }
    };
    wsconnect({
      servers,
      ...credentials,
      timeout,
      wsFactory,
      maxReconnectAttempts: -1,
      reconnectTimeWait: reconnectWait,
      pingInterval,
      // A password that is refused while the server starts anew may be taken a moment later.
      ignoreAuthErrorAbort: true,
    }).then(resolve, reject);
  });
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** NATS, over a connection that is there. */
export class NatsTransport implements Transport {
  readonly name = 'nats';
  readonly events$ = new Subject<TransportEvent>();
  readonly #receipts$ = new Subject<Receipt>();
  readonly #closed$ = new Subject<void>();
  /** Receipts come to a subject that nobody else listens to. */
  readonly #token = crypto.randomUUID();
  readonly #connection: NatsConnection;
  readonly #subjects: Subjects;
  readonly #ownsConnection: boolean;
  #subscriptions: { unsubscribe(): void }[] = [];
  #forgetNetwork: () => void = () => undefined;

  constructor(connection: NatsConnection, subjects: Subjects, ownsConnection: boolean) {
    this.#connection = connection;
    this.#subjects = subjects;
    this.#ownsConnection = ownsConnection;
  }

  start(): void {
    const { broadcast, heartbeat, receipt } = this.#subjects;
    this.#subscribe(broadcast, (message) => {
      const change = decodeChange((name) => message.headers?.get(name) ?? '', message.string());
      if (change !== null) this.events$.next({ kind: 'change', change });
    });
    this.#subscribe(heartbeat, (message) => {
      const beat = decodeHeartbeat(message.string());
      if (beat !== null) this.events$.next({ kind: 'heartbeat', ...beat });
    });
    this.#subscribe(`${receipt}.${this.#token}`, (message) => {
      const told = decodeReceipt(message.string());
      if (told !== null) this.#receipts$.next(told);
    });
    if (this.#ownsConnection) this.#forgetNetwork = onNetworkLost(() => void this.#connection.reconnect());
    void this.#saySubscribed();
    void this.#followStatus();
  }

  async pull(checkpoint: string | null, limit: number): Promise<Page> {
    const { pull, inbox } = this.#subjects;
    const answer = await this.#connection.request(pull, JSON.stringify({ checkpoint, limit }), {
      timeout: answerTimeout,
      // The bridge answers to no other inbox, whatever prefix the connection was opened with.
      noMux: true,
      reply: createInbox(inbox),
    });
    return decodePage(answer.string());
  }

  push(mutations: readonly Mutation[]): Promise<Receipt[]> {
    const open = new Set(mutations.map(({ mutation_id }) => mutation_id));
    const lost$ = this.events$.pipe(filter(({ kind }) => kind === 'lost'));
    const receipts = firstValueFrom(
      this.#receipts$.pipe(
        filter(({ mutation_id }) => open.delete(mutation_id)),
        take(open.size),
        takeUntil(merge(timer(answerTimeout), lost$, this.#closed$)),
        toArray(),
      ),
    );
    const asked = headers();
    asked.set('Users-Receipt', this.#token);
    this.#connection.publish(this.#subjects.update, encodeMutations(mutations), { headers: asked });
    return receipts;
  }

  async close(): Promise<void> {
    this.#closed$.next();
    this.#forgetNetwork();
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    this.#subscriptions = [];
    this.events$.complete();
    if (this.#ownsConnection) await this.#connection.close();
  }

  #subscribe(subject: string, take: (message: Msg) => void): void {
    const callback = (error: Error | null, message: Msg) => {
      if (error !== null) this.events$.next({ kind: 'error', error });
      else take(message);
    };
    this.#subscriptions.push(this.#connection.subscribe(subject, { callback }));
  }

  /** The server has the subscriptions when it has answered what was sent after them. */
  async #saySubscribed(): Promise<void> {
    try {
      await this.#connection.flush();
      this.events$.next({ kind: 'subscribed' });
    } catch (error) {
      // Lost meanwhile: the next reconnect says it.
      this.events$.next({ kind: 'error', error: asError(error) });
    }
  }

  async #followStatus(): Promise<void> {
    for await (const status of this.#connection.status()) {
      if (status.type === 'disconnect' || status.type === 'close') this.events$.next({ kind: 'lost' });
      // nats-core subscribes again before it says so.
      if (status.type === 'reconnect') void this.#saySubscribed();
      if (status.type === 'error') this.events$.next({ kind: 'error', error: status.error });
    }
  }
}
