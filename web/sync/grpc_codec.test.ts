// Documents, mutations, receipts and pages as the gateway's messages.
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { ValueSchema, type Value } from '@bufbuild/protobuf/wkt';
import { expect, test } from 'vitest';
import { ErrorReason } from './generated/users/v1/error_reason_pb.ts';
import { MutationSchema, Outcome, ReceiptSchema } from './generated/users/v1/mutation_pb.ts';
import { PullResponseSchema } from './generated/users/v1/sync_service_pb.ts';
import { UserSchema } from './generated/users/v1/user_pb.ts';
import { mutationMessage, pageOf, receiptOf, userDocument, userMessage } from './grpc_codec.ts';
import { outcomes } from './mutation.ts';
import { user } from './testing/users.ts';

const paused = user({ status: 'paused', role: 'admin', updated_at: '2024-01-02T00:00:00.120Z' });

/** What a conflict says of a side. */
function value(kind: Value['kind']): Value {
  return create(ValueSchema, { kind });
}

test('a document comes back as it was, its times as they were written, whether or not it has a role', () => {
  for (const document of [user(), paused, user({ _deleted: true })]) {
    const travelled = fromBinary(UserSchema, toBinary(UserSchema, userMessage(document)));
    expect(userDocument(travelled)).toStrictEqual(document);
  }
});

test('what the store knows of a user is no part of its document', () => {
  expect(userDocument(create(UserSchema, { ...userMessage(user()), version: 3, sequence: 7n }))).toStrictEqual(user());
});

test('what the store sends must be a user', () => {
  const { email, ...nameless } = userMessage(user());
  expect(() => userDocument(nameless as ReturnType<typeof userMessage>)).toThrow('a user that is none');
});

test('a mutation says what it assumed, also nothing', () => {
  const edit = mutationMessage({ mutation_id: 'm-1', document: paused, assumed: user() });
  expect(edit).toEqual(
    create(MutationSchema, { mutationId: 'm-1', user: userMessage(paused), assumption: { case: 'assumed', value: userMessage(user()) } }),
  );
  const insert = mutationMessage({ mutation_id: 'm-2', document: paused, assumed: null });
  expect(insert.assumption).toEqual({ case: 'assumedAbsent', value: true });
});

test.each(outcomes)('a receipt can say %s', (outcome) => {
  expect(receiptOf(create(ReceiptSchema, { mutationId: 'm-1', outcome: Outcome[outcome] }))).toStrictEqual({
    mutation_id: 'm-1',
    outcome,
    conflicts: [],
    violations: [],
  });
});

test('a receipt says what holds, which fields are in conflict, and which rules are broken', () => {
  const message = create(ReceiptSchema, {
    mutationId: 'm-1',
    outcome: Outcome.CONFLICT,
    sequence: 7n,
    user: userMessage(paused),
    conflicts: [
      { field: 'status', base: value({ case: 'stringValue', value: 'active' }), mine: value({ case: 'stringValue', value: 'paused' }) },
      { field: '_deleted', mine: value({ case: 'boolValue', value: true }), theirs: value({ case: 'boolValue', value: false }) },
      { field: 'age', base: value({ case: 'nullValue', value: 0 }), theirs: value({ case: 'numberValue', value: 7 }) },
    ],
    violations: [{ field: 'email', reason: ErrorReason.EMAIL_TAKEN, description: 'another user has it' }],
  });
  expect(receiptOf(message)).toStrictEqual({
    mutation_id: 'm-1',
    outcome: 'CONFLICT',
    seq: 7,
    document: paused,
    conflicts: [
      { field: 'status', base: 'active', mine: 'paused' },
      { field: '_deleted', mine: true, theirs: false },
      { field: 'age', theirs: 7 },
    ],
    violations: [{ field: 'email', reason: 'EMAIL_TAKEN', description: 'another user has it' }],
  });
});

test('a receipt without an outcome is none', () => {
  expect(() => receiptOf(create(ReceiptSchema, { mutationId: 'm-1' }))).toThrow('without an outcome');
});

test('a page is documents and their sequences', () => {
  const message = create(PullResponseSchema, {
    users: [
      { ...userMessage(user()), sequence: 3n },
      { ...userMessage(paused), sequence: 7n },
    ],
    checkpoint: 'c7',
    more: true,
  });
  expect(pageOf(message)).toStrictEqual({ documents: [user(), paused], seqs: [3, 7], checkpoint: 'c7', more: true });
  expect(pageOf(create(PullResponseSchema))).toStrictEqual({ documents: [], seqs: [], checkpoint: null, more: false });
});
