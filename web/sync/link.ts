import { BehaviorSubject, filter, firstValueFrom, type Observable } from 'rxjs';
import { unlessCancelled, wait } from './cancel.ts';
import type { TransportEvent } from './transport.ts';

/** Whether the transport is connected, and something to wait for. */
export class Link {
  readonly connected$ = new BehaviorSubject(false);
  readonly signal: AbortSignal;

  constructor(events$: Observable<TransportEvent>, signal: AbortSignal) {
    this.signal = signal;
    const subscription = events$.subscribe(({ kind }) => {
      if (kind === 'subscribed') this.connected$.next(true);
      if (kind === 'lost') this.connected$.next(false);
    });
    signal.addEventListener('abort', () => subscription.unsubscribe(), { once: true });
  }

  /** Resolves once there is a connection. Rejects with Cancelled. */
  async connected(): Promise<void> {
    await unlessCancelled(firstValueFrom(this.connected$.pipe(filter(Boolean))), this.signal);
  }

  /** Sleeps. Rejects with Cancelled. */
  wait(milliseconds: number): Promise<void> {
    return wait(milliseconds, this.signal);
  }
}
