import { createClient, type Client } from '@connectrpc/connect';
import { createGrpcWebTransport } from '@connectrpc/connect-web';
import { ChangeFeedService } from '@usersync/sync/generated/users/v1/change_feed_service_pb';
import { HistoryService } from '@usersync/sync/generated/users/v1/history_service_pb';
import { LogService } from '@usersync/sync/generated/users/v1/log_service_pb';
import { UserService } from '@usersync/sync/generated/users/v1/user_service_pb';
import { readConfig, type Config } from './config.ts';

const answerTimeout = 10_000;

/** What the page asks the store, over gRPC-Web. */
export interface Gateway {
  url: string;
  history: Client<typeof HistoryService>;
  users: Client<typeof UserService>;
  log: Client<typeof LogService>;
  feed: Client<typeof ChangeFeedService>;
}

/** A page that came over TLS may call nothing without it; the certificate of the other port may be unknown to the browser. */
export function gatewayUrlOf({ gatewayUrl, gatewayTlsUrl }: Config, protocol: string): string {
  return protocol === 'https:' ? gatewayTlsUrl : gatewayUrl;
}

function connect(url: string): Gateway {
  const transport = createGrpcWebTransport({ baseUrl: url, defaultTimeoutMs: answerTimeout });
  return {
    url,
    history: createClient(HistoryService, transport),
    users: createClient(UserService, transport),
    log: createClient(LogService, transport),
    feed: createClient(ChangeFeedService, transport),
  };
}

let opened: Promise<Gateway> | null = null;

/** The gateway of this page. If nobody says where it is, it is asked again the next time. */
export function openGateway(): Promise<Gateway> {
  opened ??= readConfig().then(
    (config) => connect(gatewayUrlOf(config, location.protocol)),
    (error: unknown) => {
      opened = null;
      throw error;
    },
  );
  return opened;
}
