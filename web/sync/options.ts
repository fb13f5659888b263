import type { NatsConnection } from '@nats-io/nats-core';
import type { RxCollection } from 'rxdb';
import type { UserRow } from './document.ts';
import type { RefusedEdit } from './local_store.ts';
import type { NatsCredentials } from './nats_transport.ts';
import type { Transport } from './transport.ts';

export type TransportChoice = 'nats' | 'grpc-web' | 'auto';

export interface ReplicateUsersOptions {
  /** A collection of users. Its conflict handler is replaced by ours. */
  collection: RxCollection<UserRow>;
  /** NATS over WebSocket: a URL such as ws://127.0.0.1:9222, several, or a connection that is there. */
  nats?: string | string[] | NatsConnection;
  /** The gateway's URL, such as http://127.0.0.1:8080, for gRPC-Web. */
  gateway?: string;
  /**
   * By default what there is an address for; if there are both, NATS, and gRPC-Web where WebSocket is
   * blocked, from the beginning or later.
   * Or a transport of one's own, which is closed at the end.
   */
  transport?: TransportChoice | Transport;
  /** Who writes; `frontend-client` if not given. */
  actor?: string;
  credentials?: NatsCredentials;
  /** Headers of each call to the gateway, such as Authorization. */
  headers?: () => Record<string, string>;
  /** The first token of all subjects; `users` if not given. */
  subjectPrefix?: string;
  /** How many documents are pulled or pushed at once: 1 to 1,000; 500 if not given. */
  batchSize?: number;
  /** Tells several replications of one collection apart. */
  identifier?: string;
  /** Called in the tab that leads, for each edit that the store refuses, after it was saved. */
  onRefused?: (edit: RefusedEdit) => void;
}
