import { LocalEdits, type RefusedEdit, type UserDocument } from '@usersync/sync';
import { map } from 'rxjs';
import { computed, watch, type ShallowRef } from 'vue';
import type { Users } from './database.ts';
import { byWhen, refusedLine } from './refused_fields.ts';
import type { Log } from './use_log.ts';
import { useObservable } from './use_observable.ts';

/** What would be lost if this browser forgot its users. */
export interface AtRisk {
  unsent: number;
  refused: number;
}

/** The edits that are not saved, whether or not a replication runs: those that wait, and those that were refused. */
export function useEdits(users: Readonly<ShallowRef<Users | null>>, log: Log) {
  const edits = computed(() => (users.value === null ? null : new LocalEdits(users.value)));
  const pending = useObservable<ReadonlySet<string>>(() => edits.value?.unsent$, new Set());
  const refused = useObservable<RefusedEdit[]>(() => edits.value?.refused$.pipe(map((found) => found.sort(byWhen))), []);

  /** Those of an earlier page are shown, but are no news. */
  const opened = new Date().toISOString();
  watch(refused, (now, before) => {
    const known = new Set(before.map(({ key }) => key));
    for (const edit of now) if (!known.has(edit.key) && edit.at >= opened) log.fail(refusedLine(edit));
  });

  async function settle(said: string, work: (edits: LocalEdits) => Promise<void>): Promise<void> {
    if (edits.value === null) return;
    try {
      await work(edits.value);
      log.say(said);
    } catch (error) {
      log.fail(error);
    }
  }

  const applyAgain = ({ key, mine }: RefusedEdit, corrected: UserDocument) =>
    settle(`Sent the edit of ${mine.email} again.`, (kept) => kept.applyAgain(key, corrected));
  const drop = ({ key, mine }: RefusedEdit) => settle(`Dropped the edit of ${mine.email}.`, (kept) => kept.drop(key));

  /** As it is now: `pending` lags, and serves only if nothing can be read. */
  async function atRisk(): Promise<AtRisk> {
    const unsent = await edits.value?.unsent().catch(log.fail);
    return { unsent: (unsent ?? pending.value).size, refused: refused.value.length };
  }

  return { pending, refused, applyAgain, drop, atRisk };
}
