import { create, type DescField } from '@bufbuild/protobuf';
import type { Value } from '@bufbuild/protobuf/wkt';
import { isUserDocument, type FieldValue, type UserDocument } from './document.ts';
import { ErrorReason } from './generated/users/v1/error_reason_pb.ts';
import { MutationSchema, Outcome, type Mutation as MutationMessage, type Receipt as ReceiptMessage } from './generated/users/v1/mutation_pb.ts';
import type { PullResponse } from './generated/users/v1/sync_service_pb.ts';
import { UserSchema, type User } from './generated/users/v1/user_pb.ts';
import type { FieldConflict as ConflictMessage } from './generated/users/v1/version_pb.ts';
import { outcomes, type FieldConflict, type Mutation, type Receipt } from './mutation.ts';
import type { Page } from './transport.ts';

/** Fields from here on are what the store knows of a user, and no part of its document. */
const firstStoreField = 100;

/** The document's fields, found in the schema: a new one needs nothing here. */
const documentFields = UserSchema.fields.filter(({ number }) => number < firstStoreField);

/** The field's name in a document. */
function nameOf(field: DescField): string {
  return field.name === 'deleted' ? '_deleted' : field.name;
}

export function userMessage(document: UserDocument): User {
  const values = document as unknown as Record<string, FieldValue | undefined>;
  const fields = documentFields.map((field) => [field.localName, values[nameOf(field)]]);
  return create(UserSchema, Object.fromEntries(fields));
}

export function userDocument(user: User): UserDocument {
  const values = user as unknown as Record<string, FieldValue | undefined>;
  const fields = documentFields.map((field) => [nameOf(field), values[field.localName]]);
  const document: unknown = Object.fromEntries(fields.filter(([, value]) => value !== undefined));
  if (!isUserDocument(document)) throw new Error('the store sent a user that is none');
  return document;
}

export function mutationMessage({ mutation_id, document, assumed }: Mutation): MutationMessage {
  return create(MutationSchema, {
    mutationId: mutation_id,
    user: userMessage(document),
    assumption: assumed === null ? { case: 'assumedAbsent', value: true } : { case: 'assumed', value: userMessage(assumed) },
  });
}

function side(name: 'base' | 'mine' | 'theirs', value: Value | undefined): Partial<FieldConflict> {
  const kind = value?.kind;
  return kind?.case === 'stringValue' || kind?.case === 'boolValue' || kind?.case === 'numberValue'
    ? { [name]: kind.value }
    : {};
}

function conflictOf({ field, base, mine, theirs }: ConflictMessage): FieldConflict {
  return { field, ...side('base', base), ...side('mine', mine), ...side('theirs', theirs) };
}

export function receiptOf(message: ReceiptMessage): Receipt {
  const outcome = outcomes.find((name) => name === Outcome[message.outcome]);
  if (outcome === undefined) throw new Error('the store sent a receipt without an outcome');
  return {
    mutation_id: message.mutationId,
    outcome,
    ...(message.sequence > 0n ? { seq: Number(message.sequence) } : {}),
    ...(message.user ? { document: userDocument(message.user) } : {}),
    conflicts: message.conflicts.map(conflictOf),
    violations: message.violations.map(({ field, reason, description }) => ({
      field,
      reason: ErrorReason[reason],
      description,
    })),
  };
}

export function pageOf({ users, checkpoint, more }: PullResponse): Page {
  return {
    documents: users.map(userDocument),
    seqs: users.map(({ sequence }) => Number(sequence)),
    checkpoint: checkpoint === '' ? null : checkpoint,
    more,
  };
}
