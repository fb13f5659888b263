import {
  getAssumedMasterState,
  getChangedDocumentsSince,
  getLastCheckpointDoc,
  getRxReplicationMetaInstanceSchema,
  hasEncryption,
  type RxCollection,
  type RxDocumentData,
  type RxStorageInstance,
  type RxStorageInstanceReplicationState,
  type RxStorageReplicationMeta,
} from 'rxdb';
import { documentOf, sameDocument, type UserRow } from './document.ts';

/** A row, perhaps deleted, that holds what the store has not answered. */
export interface UnsentRow {
  id: string;
  /** When it was written, in milliseconds. */
  writtenAt: number;
}

type Meta = RxStorageReplicationMeta<UserRow, unknown>;

const rowsAtOnce = 500;

/** Where RxDB keeps what it believes of the rows; a replication need not run. */
async function openBeliefs(users: RxCollection<UserRow>, identifier: string): Promise<RxStorageInstance<Meta, unknown, unknown>> {
  const { database, name, schema } = users;
  const hash = await database.hashFunction(`${name}-${identifier}`);
  return database.storage.createStorageInstance<Meta>({
    databaseName: database.name,
    databaseInstanceToken: database.token,
    collectionName: `rx-replication-meta-${hash}`,
    schema: getRxReplicationMetaInstanceSchema<UserRow, unknown>(schema.jsonSchema, hasEncryption(schema.jsonSchema)),
    multiInstance: database.multiInstance,
    options: {},
    ...(database.password === undefined ? {} : { password: database.password as string }),
    devMode: false,
  });
}

/** Those of the rows that say something else than RxDB believes of the store. */
async function differing(
  rows: readonly RxDocumentData<UserRow>[],
  state: RxStorageInstanceReplicationState<UserRow>,
): Promise<UnsentRow[]> {
  const beliefs = await getAssumedMasterState(state, rows.map(({ id }) => id));
  return rows
    .filter((row) => {
      const belief = beliefs[row.id];
      return belief === undefined || !sameDocument(documentOf(belief.docData), documentOf(row));
    })
    .map(({ id, _meta }) => ({ id, writtenAt: _meta.lwt }));
}

/** What RxDB would send if it replicated now: it keeps up to where it has looked at the rows, and what it believes of each. */
export async function unsentRows(users: RxCollection<UserRow>, identifier: string): Promise<UnsentRow[]> {
  const metaInstance = await openBeliefs(users, identifier);
  try {
    // As much of RxDB's state as its two readers look at.
    const state = { input: { metaInstance }, lastCheckpointDoc: {} } as unknown as RxStorageInstanceReplicationState<UserRow>;
    let checkpoint = await getLastCheckpointDoc<UserRow, unknown>(state, 'up');
    const unsent: UnsentRow[] = [];
    for (;;) {
      const page = await getChangedDocumentsSince<UserRow, unknown>(users.storageInstance, rowsAtOnce, checkpoint);
      if (page.documents.length === 0) return unsent;
      checkpoint = page.checkpoint;
      unsent.push(...(await differing(page.documents, state)));
    }
  } finally {
    await metaInstance.close();
  }
}
