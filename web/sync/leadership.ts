import { addRxPlugin, type RxDatabase } from 'rxdb';
import { RxDBLeaderElectionPlugin } from 'rxdb/plugins/leader-election';
import { Cancelled, unlessCancelled } from './cancel.ts';

/** Gives the lead to another tab. */
export type Resign = () => void;

/** Resolves with null if somebody else has the lock; otherwise it is ours until we resign, or the tab is gone. */
function lock(locks: LockManager, name: string, options: LockOptions): Promise<Resign | null> {
  return new Promise((resolve, reject) => {
    const held = locks.request(name, options, (granted) => {
      if (granted === null) return resolve(null);
      return new Promise<void>((resign) => resolve(resign));
    });
    held.catch(reject);
  });
}

async function leadByLock(locks: LockManager, name: string, signal: AbortSignal, onWait: () => void): Promise<Resign> {
  const free = await lock(locks, name, { ifAvailable: true });
  if (free !== null) return free;
  onWait();
  const granted = await lock(locks, name, { signal }).catch((error: unknown) => {
    throw signal.aborted ? new Cancelled() : error;
  });
  return granted ?? (() => undefined);
}

/**
 * Waits until this tab leads, of all tabs that want to do the same; calls `onWait` if another one does. RxDB's leader
 * stays it until its database is closed, so a tab where the replication was stopped would keep all others from it: a
 * lock of the browser can be given back. A page that came over plain HTTP from elsewhere has no locks; there RxDB's
 * leader has to do.
 */
export async function lead(database: RxDatabase, name: string, signal: AbortSignal, onWait: () => void): Promise<Resign> {
  if (!database.multiInstance) return () => undefined;
  // Either may be absent, whatever its type says.
  const locks = (globalThis.navigator as Partial<Navigator> | undefined)?.locks;
  if (locks !== undefined) return leadByLock(locks, name, signal, onWait);
  addRxPlugin(RxDBLeaderElectionPlugin);
  onWait();
  await unlessCancelled(database.waitForLeadership(), signal);
  return () => undefined;
}
