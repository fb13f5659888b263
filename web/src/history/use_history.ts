import type { Version } from '@usersync/sync/generated/users/v1/version_pb';
import { computed, ref, shallowRef } from 'vue';
import { problemOf, type CallProblem } from '../call_problem.ts';
import { useRetry } from '../use_retry.ts';
import { openGateway } from '../gateway.ts';
import { entriesOf, stateOf, withNewest } from './version_entry.ts';

/** One is kept back to compare with. */
const pageSize = 21;

/** The versions of one user, newest first, page by page. */
export function useHistory(userId: string) {
  const versions = shallowRef<readonly Version[]>([]);
  const olderToken = ref('');
  const isLoading = ref(false);
  const problem = shallowRef<CallProblem | null>(null);
  const retry = useRetry();

  const entries = computed(() => entriesOf(versions.value, olderToken.value !== ''));
  const userState = computed(() => stateOf(entries.value[0]));

  async function read(pageToken: string, take: (found: Version[], nextToken: string) => void): Promise<void> {
    retry.cancel();
    isLoading.value = true;
    try {
      const { history } = await openGateway();
      const page = await history.listVersions({ userId, pageSize, pageToken, includeProof: true });
      take(page.versions, page.nextPageToken);
      problem.value = null;
    } catch (error) {
      problem.value = problemOf(error);
      if (problem.value.isPassing) retry.later(() => void read(pageToken, take));
    } finally {
      isLoading.value = false;
    }
  }

  /** Reads the newest versions, now or again. */
  const load = () =>
    read('', (found, nextToken) => {
      const { versions: all, reaches } = withNewest(versions.value, found);
      if (!reaches || versions.value.length === 0) olderToken.value = nextToken;
      versions.value = all;
    });

  const loadOlder = async (): Promise<void> => {
    if (isLoading.value) return;
    await read(olderToken.value, (found, nextToken) => {
      versions.value = [...versions.value, ...found];
      olderToken.value = nextToken;
    });
  };

  /** The feed has told of a version. */
  function heard(version: number): void {
    if (version > (entries.value[0]?.number ?? 0) && !isLoading.value) void load();
  }

  return { versions, entries, userState, hasOlder: computed(() => olderToken.value !== ''), isLoading, problem, load, loadOlder, heard };
}
