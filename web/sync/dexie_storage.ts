import {
  getPrimaryFieldOfPrimaryKey,
  type DexieSettings,
  type DexieStorageInternals,
  type RxStorage,
  type RxStorageDefaultCheckpoint,
  type RxStorageInstance,
} from 'rxdb';
import { fromDexieToStorage, getRxStorageDexie } from 'rxdb/plugins/storage-dexie';
import { isOfBeliefs, leaveOutIndexes } from './dexie_indexes.ts';
import { dexieSettings } from './dexie_reads.ts';

type Internals = Awaited<DexieStorageInternals>;
type Instance<RxDocType> = RxStorageInstance<RxDocType, DexieStorageInternals, DexieSettings, RxStorageDefaultCheckpoint>;
type Changed<RxDocType> = NonNullable<Instance<RxDocType>['getChangedDocumentsSince']>;

/** A row as Dexie holds it. */
type Stored = Record<string, unknown> & { _deleted: unknown; _meta: { lwt: number } };

const noCheckpoint: RxStorageDefaultCheckpoint = { id: '', lwt: 0 };

/**
 * What was written after a checkpoint, with one request of the index that RxDB makes for it. RxDB's own way steps through
 * it row by row and matches each against a query; after a first sync it does so with all rows.
 */
function changedDocumentsSince<RxDocType>(instance: Instance<RxDocType>): Changed<RxDocType> {
  return async (limit, checkpoint) => {
    const { dexieTable, booleanIndexes }: Internals = await instance.internals;
    const { lwt, id } = checkpoint ?? noCheckpoint;
    const primaryPath = getPrimaryFieldOfPrimaryKey(instance.schema.primaryKey);
    const isLater = ({ _meta, ...row }: Stored) => _meta.lwt > lwt || (_meta.lwt === lwt && (row[primaryPath] as string) > id);
    // What RxDB believes is read so only when another version of the schema takes it over.
    const rows: Stored[] = isOfBeliefs(instance.collectionName)
      ? (await dexieTable.filter(isLater).sortBy('_meta.lwt')).slice(0, limit)
      : await dexieTable.where(`[_meta.lwt+${primaryPath}]`).above([lwt, id]).limit(limit).toArray();
    const documents = rows.map((row) => fromDexieToStorage<RxDocType>(booleanIndexes, row));
    const last = documents.at(-1);
    if (last === undefined) return { documents, checkpoint: checkpoint ?? noCheckpoint };
    return { documents, checkpoint: { id: last[primaryPath] as string, lwt: last._meta.lwt } };
  };
}

/** Removes tombstones that are older, as RxDB's own way does with an index that is not made here. */
function cleanup<RxDocType>(instance: Instance<RxDocType>): Instance<RxDocType>['cleanup'] {
  return async (youngest) => {
    const { dexieTable }: Internals = await instance.internals;
    const before = Date.now() - youngest;
    await dexieTable.filter(({ _deleted, _meta }: Stored) => _deleted === '1' && _meta.lwt < before).delete();
    return true;
  };
}

/** RxDB's storage over Dexie, faster where thousands of users come at once. */
export function dexieStorage(settings: DexieSettings = {}): RxStorage<DexieStorageInternals, DexieSettings> {
  const storage = getRxStorageDexie({
    ...settings,
    onCreate: async (database, name) => {
      leaveOutIndexes(database, name);
      await dexieSettings.onCreate?.(database, name);
      await settings.onCreate?.(database, name);
    },
  });
  return {
    name: storage.name,
    rxdbVersion: storage.rxdbVersion,
    createStorageInstance: async (params) => {
      const instance = await storage.createStorageInstance(params);
      return Object.assign(instance, { getChangedDocumentsSince: changedDocumentsSince(instance), cleanup: cleanup(instance) });
    },
  };
}
