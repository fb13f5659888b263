import { forgetUsers } from '@usersync/sync';
import { shallowRef, type ShallowRef } from 'vue';
import { openUsers, type Users } from './database.ts';
import type { Log } from './use_log.ts';

export interface Collection {
  /** null until it is open, and while it is cleared. */
  users: Readonly<ShallowRef<Users | null>>;
  /** Forgets all users of this browser, for nobody else. No replication may run in this tab. */
  clear(): Promise<void>;
}

/** The users that this browser keeps. */
export function useCollection(log: Log): Collection {
  const users = shallowRef<Users | null>(null);
  let isClearing = false;

  async function open(): Promise<void> {
    try {
      const opened = await openUsers();
      opened.onRemove.push(() => {
        if (!isClearing) openAgain();
      });
      users.value = opened;
    } catch (error) {
      log.fail(error);
    }
  }

  /** Another tab of this browser cleared them. */
  function openAgain(): void {
    log.say('The local users were cleared in another tab.');
    users.value = null;
    void open();
  }

  async function clear(): Promise<void> {
    const cleared = users.value;
    if (cleared === null) return;
    isClearing = true;
    users.value = null;
    try {
      await forgetUsers(cleared);
      log.say('Cleared all local users. Only this browser has forgotten them.');
    } catch (error) {
      log.fail(error);
    } finally {
      isClearing = false;
      await open();
    }
  }

  void open();
  return { users, clear };
}
