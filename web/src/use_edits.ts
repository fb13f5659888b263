import type { RefusedEdit, UserDocument, UsersReplication } from '@usersync/sync';
import type { ShallowRef } from 'vue';
import type { Log } from './use_log.ts';
import { useObservable } from './use_observable.ts';

/** The edits that are on their way, and those that were refused. */
export function useEdits(replication: Readonly<ShallowRef<UsersReplication | null>>, log: Log) {
  const pending = useObservable<ReadonlySet<string>>(() => replication.value?.pending$, new Set());
  const refused = useObservable<RefusedEdit[]>(() => replication.value?.refused$, []);

  async function settle(said: string, work: (replication: UsersReplication) => Promise<void>): Promise<void> {
    if (replication.value === null) return;
    try {
      await work(replication.value);
      log.say(said);
    } catch (error) {
      log.fail(error);
    }
  }

  const applyAgain = ({ key, mine }: RefusedEdit, corrected: UserDocument) =>
    settle(`Sent the edit of ${mine.email} again.`, (replication) => replication.applyAgain(key, corrected));
  const drop = ({ key, mine }: RefusedEdit) => settle(`Dropped the edit of ${mine.email}.`, (replication) => replication.drop(key));

  return { pending, refused, applyAgain, drop };
}
