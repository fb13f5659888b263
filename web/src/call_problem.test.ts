import { Code, ConnectError } from '@connectrpc/connect';
import { ErrorInfoSchema } from '@usersync/sync/generated/google/rpc/error_details_pb';
import { expect, test } from 'vitest';
import { problemOf } from './call_problem.ts';

function refusal(reason: string): ConnectError {
  return new ConnectError('the store’s words', Code.Aborted, undefined, [{ desc: ErrorInfoSchema, value: { reason, domain: 'usersync' } }]);
}

test('the reason decides what a person is told', () => {
  expect(problemOf(refusal('VERSION_MISMATCH'))).toEqual({ reason: 'VERSION_MISMATCH', text: expect.stringContaining('Somebody changed this user') as string });
});

test('what the page has no words for is told in the store’s', () => {
  expect(problemOf(refusal('FIELD_INVALID'))).toEqual({ reason: 'FIELD_INVALID', text: 'the store’s words' });
});

test('a gateway that is not there, a store that is away, and silence are told apart', () => {
  expect(problemOf(new TypeError('Failed to fetch')).text).toContain('gateway does not answer');
  expect(problemOf(new ConnectError('x', Code.Unavailable)).text).toContain('store cannot be reached');
  expect(problemOf(new ConnectError('x', Code.DeadlineExceeded)).text).toContain('no answer in time');
});
