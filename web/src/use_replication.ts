import { replicateUsers, type LeaderStatus, type UsersReplication } from '@usersync/sync';
import { pairwise, startWith } from 'rxjs';
import { computed, onUnmounted, ref, shallowRef, watch, type ShallowRef } from 'vue';
import { readConfig } from './config.ts';
import type { Users } from './database.ts';
import { explain } from './explain.ts';
import type { ReplicationStatus } from './state_text.ts';
import type { Log } from './use_log.ts';
import { useObservable } from './use_observable.ts';

/** The most that the store gives at once: a first sync of thousands takes a sixth less of the processor than by 500. */
const batchSize = 1_000;

/** The replication that a person starts and stops. It begins again by itself after the users were cleared. */
export function useReplication(users: Readonly<ShallowRef<Users | null>>, log: Log) {
  const replication = shallowRef<UsersReplication | null>(null);
  const running = ref(false);
  const state = useObservable(() => replication.value?.state$, 'stopped');
  const leader = useObservable<LeaderStatus | null>(() => replication.value?.leader$, null);
  const lag = useObservable(() => replication.value?.lag$, 0);
  /** What last went wrong, while it is not over. */
  const problem = ref<string | null>(null);
  /** How many documents came to this browser since the page was opened. */
  const synced = ref(0);
  /** It begins and ends one after the other. */
  let changing: Promise<void> = Promise.resolve();

  function fail(error: unknown): void {
    problem.value = explain(error);
    log.fail(error);
  }

  async function begin(): Promise<void> {
    const { natsWsUrl: nats, gatewayUrl: gateway } = await readConfig();
    const collection = users.value;
    if (!running.value || collection === null) return;
    problem.value = null;
    replication.value = replicateUsers({ collection, nats, gateway, batchSize });
  }

  async function end(): Promise<void> {
    const ended = replication.value;
    if (ended === null) return;
    replication.value = null;
    problem.value = null;
    await ended.cancel();
  }

  async function change(): Promise<void> {
    try {
      await end();
      if (running.value && users.value !== null) await begin();
    } catch (error) {
      running.value = false;
      fail(error);
    }
  }

  watch([users, running], () => (changing = changing.then(change)));
  watch(replication, (now, _, onCleanup) => {
    const came$ = now?.came$.pipe(startWith(0), pairwise());
    const subscriptions = [
      now?.errors$.subscribe(fail),
      came$?.subscribe(([before, after]) => (synced.value += after - before)),
    ];
    onCleanup(() => subscriptions.forEach((subscription) => subscription?.unsubscribe()));
  });
  onUnmounted(end);

  const status = computed<ReplicationStatus>(() => ({
    running: running.value,
    state: state.value === 'waiting' && leader.value !== null ? leader.value.state : state.value,
    transport: leader.value?.transport ?? null,
    byOtherTab: state.value === 'waiting',
    problem: problem.value,
  }));
  watch(() => status.value.state, (now) => log.say(`Replication: ${now}.`));

  return { running, status, lag, synced };
}
