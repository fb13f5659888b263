import { Code, ConnectError } from '@connectrpc/connect';
import { ErrorInfoSchema } from '@usersync/sync/generated/google/rpc/error_details_pb';
import { afterEach, expect, test, vi } from 'vitest';
import { problemOf } from './call_problem.ts';

afterEach(() => vi.unstubAllGlobals());

function refusal(reason: string): ConnectError {
  return new ConnectError('the store’s words', Code.Aborted, undefined, [{ desc: ErrorInfoSchema, value: { reason, domain: 'usersync' } }]);
}

test('the reason decides what a person is told', () => {
  expect(problemOf(refusal('VERSION_MISMATCH'))).toMatchObject({ reason: 'VERSION_MISMATCH', text: expect.stringContaining('Somebody changed this user') as string, isPassing: false });
});

test('what the page has no words for is told in the store’s', () => {
  expect(problemOf(refusal('FIELD_INVALID'))).toMatchObject({ reason: 'FIELD_INVALID', text: 'the store’s words', isPassing: false });
});

test('a gateway that is not there, a store that is away, and silence are told apart', () => {
  const problems = [new TypeError('Failed to fetch'), new ConnectError('x', Code.Unavailable), new ConnectError('x', Code.DeadlineExceeded)].map(problemOf);
  for (const [index, words] of ['gateway does not answer', 'store cannot be reached', 'no answer in time'].entries()) {
    expect(problems[index]).toMatchObject({ reason: '', text: expect.stringContaining(words) as string, isPassing: true });
  }
});

test('where it is tried again by itself, nobody is told to', () => {
  expect(problemOf(new TypeError('Failed to fetch')).what).not.toMatch(/try/i);
});

test('without a network nobody else is blamed', () => {
  vi.stubGlobal('navigator', { onLine: false });
  for (const error of [new TypeError('Failed to fetch'), new ConnectError('aborted', Code.Canceled)]) {
    expect(problemOf(error)).toMatchObject({ what: 'This device has no network.', isPassing: true });
  }
});
