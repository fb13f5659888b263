import { unlessCancelled, wait } from './cancel.ts';
import { GrpcTransport } from './grpc_transport.ts';
import { connectNats, NatsTransport } from './nats_transport.ts';
import type { ReplicateUsersOptions } from './options.ts';
import { anonymousActor, subjectsOf } from './subjects.ts';
import { SwitchingTransport } from './switching_transport.ts';
import type { Transport } from './transport.ts';

/** How long one way may take before the next is tried. */
const patience = 5_000;
const pause = 1_000;

/** Rejects if there is no way just now. */
type Way = () => Promise<Transport>;

function natsWay({ nats, credentials = {}, actor = anonymousActor, subjectPrefix }: ReplicateUsersOptions): Way | null {
  if (nats === undefined) return null;
  const subjects = subjectsOf(actor, subjectPrefix);
  return async () => {
    if (typeof nats === 'string' || Array.isArray(nats)) {
      return new NatsTransport(await connectNats(nats, credentials, patience), subjects, true);
    }
    return new NatsTransport(nats, subjects, false);
  };
}

function grpcWay({ gateway: url, headers, actor }: ReplicateUsersOptions): Way | null {
  if (url === undefined) return null;
  // Where the gateway asks for proof, `headers` brings it; the name alone counts where it does not.
  const named = (): Record<string, string> => (actor === undefined ? {} : { 'x-user-id': actor });
  return async () => {
    const transport = new GrpcTransport({ url, headers: headers ?? named });
    // It holds nothing open yet.
    await transport.pull(null, 1);
    return transport;
  };
}

/** The ways that the options allow, in the order to try them. */
function waysOf(options: ReplicateUsersOptions): Way[] {
  const { transport = 'auto' } = options;
  if (typeof transport === 'object') return [() => Promise.resolve(transport)];
  const ways = [
    transport === 'grpc-web' ? null : natsWay(options),
    transport === 'nats' ? null : grpcWay(options),
  ].filter((way) => way !== null);
  if (ways.length === 0) throw new Error(`there is no address for the transport "${transport}": give nats or gateway`);
  return ways;
}

/** Opens a transport, reporting why no way was open. Rejects only with Cancelled. */
export type TransportOpener = (signal: AbortSignal, onError: (error: unknown) => void) => Promise<Transport>;

/** Tries the ways in turn until one is open. That another was closed is no error then. */
function firstOf(ways: readonly Way[]): TransportOpener {
  return async (signal, onError) => {
    for (;;) {
      const errors: unknown[] = [];
      for (const way of ways) {
        const opening = way();
        try {
          return await unlessCancelled(opening, signal);
        } catch (error) {
          if (signal.aborted) void opening.then((late) => late.close(), () => undefined);
          else errors.push(error);
        }
        if (errors.length === ways.length) errors.forEach(onError);
        await wait(signal.aborted ? 0 : pause / ways.length, signal);
      }
    }
  };
}

/**
 * Gives a function that tries all ways in turn until one is open; WebSocket may be blocked where the gateway
 * is not. A way that is lost for long is left for another. Throws at once if the options name no way.
 */
export function transportOpener(options: ReplicateUsersOptions): TransportOpener {
  const ways = waysOf(options);
  const openOne = firstOf(ways);
  if (ways.length === 1) return openOne;
  return async (signal, onError) => new SwitchingTransport(await openOne(signal, onError), openOne);
}
