import { BehaviorSubject, Subject } from 'rxjs';
import { CounterSet } from './counters.ts';

/** What a replication does just now. `waiting`: another tab leads, and does it for this one. */
export type ReplicationState = 'waiting' | 'connecting' | 'syncing' | 'active' | 'offline' | 'stopped';

/** What can be watched of a replication. */
export class Status {
  readonly state$ = new BehaviorSubject<ReplicationState>('waiting');
  readonly lag$ = new BehaviorSubject(0);
  readonly errors$ = new Subject<Error>();
  readonly counters = new CounterSet();

  report(error: unknown): void {
    this.counters.add('errors');
    this.errors$.next(error instanceof Error ? error : new Error(String(error)));
  }
}
