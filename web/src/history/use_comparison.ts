import { ref, shallowRef } from 'vue';
import { problemOf, type CallProblem } from '../call_problem.ts';
import { openGateway } from '../gateway.ts';
import { changesOf, type FieldChange } from './field_changes.ts';

/** Two versions of a user, compared by the store. */
export interface Comparison {
  from: number;
  to: number;
  changes: FieldChange[];
}

export function useComparison(userId: string) {
  const comparison = shallowRef<Comparison | null>(null);
  const problem = shallowRef<CallProblem | null>(null);
  const isBusy = ref(false);

  async function compare(from: number, to: number): Promise<void> {
    isBusy.value = true;
    problem.value = null;
    try {
      const { history } = await openGateway();
      const { diffs } = await history.diffVersions({ userId, fromVersion: from, toVersion: to });
      comparison.value = { from, to, changes: changesOf(diffs) };
    } catch (error) {
      comparison.value = null;
      problem.value = problemOf(error);
    } finally {
      isBusy.value = false;
    }
  }

  return { comparison, problem, isBusy, compare };
}
