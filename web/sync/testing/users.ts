import type { UserDocument } from '../document.ts';

/** A document that differs from the usual one as told. */
export function user(differences: Partial<UserDocument> = {}): UserDocument {
  return {
    id: 'u1',
    email: 'ann@example.com',
    status: 'active',
    created_at: '2024-01-01T00:00:00Z',
    updated_at: '2024-01-01T00:00:00Z',
    _deleted: false,
    ...differences,
  };
}
