import { BehaviorSubject, Subject } from 'rxjs';
import { CounterSet } from './counters.ts';

/** What a replication does just now. `waiting`: another tab leads, and does it for this one. */
export type ReplicationState = 'waiting' | 'connecting' | 'syncing' | 'active' | 'offline' | 'stopped';

/** How the tab that leads is doing, in every tab. */
export interface LeaderStatus {
  state: ReplicationState;
  /** The way that was taken: `nats`, `grpc-web`, or the name of a transport of one's own. null before there is one. */
  transport: string | null;
}

/** What can be watched of a replication. */
export class Status {
  readonly state$ = new BehaviorSubject<ReplicationState>('connecting');
  readonly transport$ = new BehaviorSubject<string | null>(null);
  readonly lag$ = new BehaviorSubject(0);
  readonly errors$ = new Subject<Error>();
  readonly counters = new CounterSet();

  report(error: unknown): void {
    this.counters.add('errors');
    this.errors$.next(error instanceof Error ? error : new Error(String(error)));
  }
}
