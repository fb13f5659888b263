import type { RxJsonSchema } from 'rxdb';
import type { UserRow } from './document.ts';

/** A collection of users. `role` is absent or a string, never null. */
export const usersSchema: RxJsonSchema<UserRow> = {
  version: 0,
  primaryKey: 'id',
  type: 'object',
  properties: {
    id: { type: 'string', maxLength: 128 },
    email: { type: 'string' },
    status: { type: 'string' },
    role: { type: 'string' },
    created_at: { type: 'string' },
    updated_at: { type: 'string' },
  },
  required: ['id', 'email', 'status', 'created_at', 'updated_at'],
  additionalProperties: false,
};
