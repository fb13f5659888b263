import { Code, ConnectError, createConnectRouter, type ServiceImpl } from '@connectrpc/connect';
import { createFetchHandler } from '@connectrpc/connect/protocol';
import { ErrorInfoSchema } from '../generated/google/rpc/error_details_pb.ts';
import { ChangeFeedService } from '../generated/users/v1/change_feed_service_pb.ts';
import { SyncService } from '../generated/users/v1/sync_service_pb.ts';

export type Sync = Partial<ServiceImpl<typeof SyncService>>;
export type Feed = Partial<ServiceImpl<typeof ChangeFeedService>>;

/** A `fetch` behind which a gateway answers gRPC-Web; what it is not told to answer, it does not know. */
export function gatewayFetch(sync: Sync, feed: Feed = {}): typeof fetch {
  const router = createConnectRouter({ connect: false, grpc: false }).service(SyncService, sync).service(ChangeFeedService, feed);
  const handlers = new Map(router.handlers.map((handler) => [handler.requestPath, createFetchHandler(handler)]));
  return async (input, init) => {
    const request = new Request(input, init);
    const handler = handlers.get(new URL(request.url).pathname);
    if (handler === undefined) return new Response(null, { status: 404 });
    const aborted = new Promise<never>((_, reject) => request.signal.addEventListener('abort', () => reject(request.signal.reason)));
    return Promise.race([handler(request), aborted]);
  };
}

/** How the store refuses a call as a whole. */
export function refusal(code: Code, reason: string, message: string): ConnectError {
  return new ConnectError(message, code, undefined, [{ desc: ErrorInfoSchema, value: { reason, domain: 'usersync' } }]);
}
