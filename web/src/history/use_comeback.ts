import { ref, shallowRef } from 'vue';
import { problemOf, type CallProblem } from '../call_problem.ts';
import { openGateway } from '../gateway.ts';

/** Brings back what was: an earlier version, or a deleted user. */
export function useComeback(userId: string) {
  const isBusy = ref(false);
  const problem = shallowRef<CallProblem | null>(null);
  /** Asking again after a lost answer must be the same mutation, and another wish another one. */
  let asked = { wish: '', mutationId: '' };

  function mutationIdOf(wish: string): string {
    if (asked.wish !== wish) asked = { wish, mutationId: crypto.randomUUID() };
    return asked.mutationId;
  }

  async function write(call: () => Promise<unknown>): Promise<boolean> {
    isBusy.value = true;
    problem.value = null;
    try {
      await call();
      asked = { wish: '', mutationId: '' };
      return true;
    } catch (error) {
      problem.value = problemOf(error);
      return false;
    } finally {
      isBusy.value = false;
    }
  }

  /** Both want the newest version to be `expectedVersion`, and say whether it was done. */
  const restore = (version: number, expectedVersion: number, reason: string) =>
    write(async () => {
      const mutationId = mutationIdOf(JSON.stringify(['restore', version, expectedVersion, reason]));
      return (await openGateway()).users.restoreUser({ userId, version, expectedVersion, mutationId, reason });
    });

  const undelete = (expectedVersion: number, reason: string) =>
    write(async () => {
      const mutationId = mutationIdOf(JSON.stringify(['undelete', expectedVersion, reason]));
      return (await openGateway()).users.undeleteUser({ userId, expectedVersion, mutationId, reason });
    });

  return { isBusy, problem, restore, undelete };
}
