import { replicateUsers, type Counters, type UsersReplication } from '@usersync/sync';
import { computed, onUnmounted, ref, shallowRef, watch, watchEffect, type ShallowRef } from 'vue';
import { readConfig } from './config.ts';
import type { Users } from './database.ts';
import type { Log } from './use_log.ts';
import { useObservable } from './use_observable.ts';

/** The replication that a person starts and stops. It begins again by itself after the users were cleared. */
export function useReplication(users: Readonly<ShallowRef<Users | null>>, log: Log) {
  const replication = shallowRef<UsersReplication | null>(null);
  const running = ref(false);
  const state = useObservable(() => replication.value?.state$, 'stopped');
  const lag = useObservable(() => replication.value?.lag$, 0);
  const counters = useObservable<Counters | null>(() => replication.value?.counters$, null);
  const synced = computed(() => (counters.value?.pulled ?? 0) + (counters.value?.live ?? 0));
  /** It begins and ends one after the other: both need the same local store. */
  let changing: Promise<void> = Promise.resolve();

  async function begin(): Promise<void> {
    const { natsWsUrl: nats, gatewayUrl: gateway } = await readConfig();
    const collection = users.value;
    if (running.value && collection !== null) replication.value = replicateUsers({ collection, nats, gateway });
  }

  async function end(): Promise<void> {
    const ended = replication.value;
    replication.value = null;
    await ended?.cancel();
  }

  async function change(): Promise<void> {
    try {
      await end();
      if (running.value && users.value !== null) await begin();
    } catch (error) {
      running.value = false;
      log.fail(error);
    }
  }

  watch([users, running], () => (changing = changing.then(change)));
  watchEffect((onCleanup) => {
    const errors = replication.value?.errors$.subscribe((error) => log.fail(error));
    onCleanup(() => errors?.unsubscribe());
  });
  watch(state, (now, before) => log.say(`Replication: ${before} → ${now}.`));
  onUnmounted(end);

  return { replication, running, state, lag, synced };
}
