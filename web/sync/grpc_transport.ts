import { createClient, ConnectError, type Client, type Interceptor } from '@connectrpc/connect';
import { createGrpcWebTransport } from '@connectrpc/connect-web';
import { Subject } from 'rxjs';
import { Cancelled, wait } from './cancel.ts';
import { ErrorInfoSchema } from './generated/google/rpc/error_details_pb.ts';
import { ChangeFeedService, type Change, type WatchResponse } from './generated/users/v1/change_feed_service_pb.ts';
import { SyncService } from './generated/users/v1/sync_service_pb.ts';
import { mutationMessage, pageOf, receiptOf, userDocument } from './grpc_codec.ts';
import type { Mutation, Receipt } from './mutation.ts';
import { answerTimeout, PullError, type Page, type Transport, type TransportEvent } from './transport.ts';

/** The first one says that the stream stands; the others that it still does. */
const heartbeatSeconds = 2;
/** A stream that is silent for so long is dead: some proxies drop them without a word. */
const mostSilence = 10_000;
const reconnectWait = 500;
/** Whoever writes may only read. */
const roleMissing = 'ROLE_MISSING';

export interface GrpcOptions {
  /** The gateway's URL. */
  url: string;
  headers: () => Record<string, string>;
}

function withHeaders(headers: () => Record<string, string>): Interceptor {
  return (next) => (request) => {
    for (const [name, value] of Object.entries(headers())) request.header.set(name, value);
    return next(request);
  };
}

/** Why the store refuses a call as a whole. Without a reason the call did not get that far. */
function refusalOf(error: unknown): { reason?: string; message: string } {
  const failed = ConnectError.from(error);
  const [info] = failed.findDetails(ErrorInfoSchema);
  return { ...(info === undefined ? {} : { reason: info.reason }), message: failed.rawMessage };
}

/** The store says it once of all mutations; asking again would end the same way. */
function denied(mutation_id: string, description: string): Receipt {
  const violations = [{ field: '', reason: roleMissing, description }];
  return { mutation_id, outcome: 'DENIED', conflicts: [], violations };
}

/** gRPC-Web through the gateway. */
export class GrpcTransport implements Transport {
  readonly name = 'grpc-web';
  readonly events$ = new Subject<TransportEvent>();
  readonly #sync: Client<typeof SyncService>;
  readonly #feed: Client<typeof ChangeFeedService>;
  readonly #closing = new AbortController();

  constructor({ url, headers }: GrpcOptions) {
    const transport = createGrpcWebTransport({ baseUrl: url, interceptors: [withHeaders(headers)] });
    this.#sync = createClient(SyncService, transport);
    this.#feed = createClient(ChangeFeedService, transport);
  }

  start(): void {
    void this.#watchForEver();
  }

  async pull(checkpoint: string | null, limit: number): Promise<Page> {
    try {
      return pageOf(await this.#sync.pull({ checkpoint: checkpoint ?? '', limit }, this.#callOptions()));
    } catch (error) {
      const { reason, message } = refusalOf(error);
      throw reason === undefined ? error : new PullError(reason, message);
    }
  }

  async push(mutations: readonly Mutation[]): Promise<Receipt[]> {
    try {
      const { receipts } = await this.#sync.push({ mutations: mutations.map(mutationMessage) }, this.#callOptions());
      return receipts.map(receiptOf);
    } catch (error) {
      const { reason, message } = refusalOf(error);
      if (reason !== roleMissing) throw error;
      return mutations.map(({ mutation_id }) => denied(mutation_id, message));
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.events$.complete();
  }

  #callOptions() {
    return { timeoutMs: answerTimeout, signal: this.#closing.signal };
  }

  async #watchForEver(): Promise<void> {
    const { signal } = this.#closing;
    try {
      for (;;) {
        await this.#watch().catch((error: unknown) => this.#failed(error));
        this.#emit({ kind: 'lost' });
        await wait(reconnectWait, signal);
      }
    } catch (error) {
      if (!(error instanceof Cancelled)) throw error;
    }
  }

  /** Tells what comes until the stream ends. */
  async #watch(): Promise<void> {
    const ending = new AbortController();
    const end = (): void => ending.abort();
    this.#closing.signal.addEventListener('abort', end, { once: true });
    let silence = setTimeout(end, mostSilence);
    try {
      const request = { heartbeatInterval: { seconds: BigInt(heartbeatSeconds), nanos: 0 } };
      let first = true;
      for await (const response of this.#feed.watch(request, { signal: ending.signal })) {
        clearTimeout(silence);
        silence = setTimeout(end, mostSilence);
        if (first) this.#emit({ kind: 'subscribed' });
        first = false;
        this.#tell(response);
      }
    } finally {
      clearTimeout(silence);
      this.#closing.signal.removeEventListener('abort', end);
    }
  }

  #tell({ epoch, headSequence, event }: WatchResponse): void {
    if (event.case === 'changes') {
      for (const change of event.value.changes) this.#tellChange(epoch, change);
    } else {
      this.#emit({ kind: 'heartbeat', epoch, seq: Number(headSequence) });
    }
  }

  #tellChange(epoch: string, { version, checkpoint }: Change): void {
    if (version === undefined) return;
    const document = version.user === undefined ? null : userDocument(version.user);
    this.#emit({ kind: 'change', change: { epoch, seq: Number(version.sequence), checkpoint, document } });
  }

  #failed(error: unknown): void {
    this.#emit({ kind: 'error', error: ConnectError.from(error) });
  }

  #emit(event: TransportEvent): void {
    if (!this.#closing.signal.aborted) this.events$.next(event);
  }
}
