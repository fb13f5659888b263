import { problemOf } from '../call_problem.ts';
import { NotVerified, type Doubt } from './not_verified.ts';

/** What this browser found out about a version, or about the log. `unasked`: the store could not be asked. */
export type Verdict<T> = { state: 'verified'; found: T } | { state: Doubt | 'unasked'; why: string };

function doubtOf(error: unknown): Verdict<never> {
  return error instanceof NotVerified ? { state: error.doubt, why: error.message } : { state: 'unasked', why: problemOf(error).what };
}

export async function verdictOf<T>(check: () => Promise<T>): Promise<Verdict<T>> {
  try {
    return { state: 'verified', found: await check() };
  } catch (error) {
    return doubtOf(error);
  }
}
