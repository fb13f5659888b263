import { edited, newUser, replicateUsers, type Counters, type ReplicationState, type UserInput, type UserRow, type UsersReplication } from '@usersync/sync';
import type { Subscription } from 'rxjs';
import { computed, onUnmounted, ref, shallowRef } from 'vue';
import { readConfig } from './config.ts';
import { openUsers, type Users } from './database.ts';

const mostLines = 100;

/** The users of this browser, and the replication that a person starts and stops. */
export function useUsers() {
  const rows = shallowRef<UserRow[]>([]);
  const counters = shallowRef<Counters | null>(null);
  const state = ref<ReplicationState>('stopped');
  const lines = ref<string[]>([]);
  const opened = openUsers();
  const watched: Subscription[] = [];
  let replication: UsersReplication | null = null;

  function log(line: string): void {
    lines.value = [`${new Date().toLocaleTimeString()} ${line}`, ...lines.value].slice(0, mostLines);
  }

  function newestFirst(a: UserRow, b: UserRow): number {
    return b.created_at.localeCompare(a.created_at);
  }

  async function withUsers(work: (users: Users) => Promise<unknown>): Promise<void> {
    try {
      await work(await opened);
    } catch (error) {
      log(String(error));
    }
  }

  const start = () =>
    withUsers(async (collection) => {
      const { natsWsUrl: nats, gatewayUrl: gateway } = await readConfig();
      replication = replicateUsers({ collection, nats, gateway });
      watched.push(
        replication.state$.subscribe((now) => (state.value = now)),
        replication.counters$.subscribe((now) => (counters.value = now)),
        replication.errors$.subscribe((error) => log(error.message)),
      );
      log('replication started');
    });

  async function stop(): Promise<void> {
    await replication?.cancel();
    replication = null;
    for (const subscription of watched.splice(0)) subscription.unsubscribe();
    log('replication stopped');
  }

  function anyRow(): UserRow | undefined {
    return rows.value[Math.floor(Math.random() * rows.value.length)];
  }

  const create = (input: UserInput) => withUsers((users) => users.insert(newUser(input)));
  const updateRandom = () =>
    withUsers(async (users) => {
      const row = anyRow();
      if (row !== undefined) await users.incrementalUpsert(edited(row, { status: row.status === 'active' ? 'paused' : 'active' }));
    });
  const removeRandom = () => withUsers(async (users) => (await users.findOne(anyRow()?.id ?? '').exec())?.incrementalRemove());

  void withUsers(async (users) => {
    users.find().$.subscribe((found) => (rows.value = found.map((row) => row.toMutableJSON()).sort(newestFirst)));
  });
  onUnmounted(stop);

  return { rows, counters, state, lines, running: computed(() => state.value !== 'stopped'), start, stop, create, updateRandom, removeRandom };
}
