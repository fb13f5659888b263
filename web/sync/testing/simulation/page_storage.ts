import type { BulkWriteRow, RxDocumentData, RxStorage, RxStorageInstance } from 'rxdb';
import { documentOf, type UserDocument, type UserRow } from '../../document.ts';
import type { Random } from './random.ts';
import type { Life, VirtualTime } from './virtual_time.ts';

/** A row that was written in a browser, in the order of its storage. */
export interface RowWrite {
  at: number;
  id: string;
  before: UserDocument | null;
  after: UserDocument;
  /** A person wrote it, not the replication. */
  byPerson: boolean;
}

type Instance = RxStorageInstance<unknown, unknown, unknown>;
type Storage = RxStorage<unknown, unknown>;

const byReplication = 'replication-';
const methods = ['bulkWrite', 'findDocumentsById', 'query', 'count', 'getChangedDocumentsSince', 'cleanup', 'close', 'remove'] as const;
/** In milliseconds. */
const mostLatency = 4;

export interface PageStorageParts {
  life: Life;
  time: VirtualTime;
  random: Random;
  /** What was written to the rows of this profile, by all of its pages. */
  written: RowWrite[];
}

const never = new Promise<never>(() => undefined);

/** The storage of a profile as one page sees it: now and then it is slow, and a page that is gone hears no answer. */
export function pageStorage(storage: Storage, parts: PageStorageParts): Storage {
  return {
    ...storage,
    createStorageInstance: async (params) => {
      const instance = await storage.createStorageInstance(params);
      return wrap(instance as Instance, parts) as typeof instance;
    },
  };
}

function wrap(instance: Instance, { life, time, random, written }: PageStorageParts): Instance {
  /** Requests are answered in the order in which they were made. */
  let turn: Promise<unknown> = Promise.resolve();
  for (const name of methods) {
    const method = (instance[name] as ((...given: unknown[]) => Promise<unknown>) | undefined)?.bind(instance);
    if (method === undefined) continue;
    const slow = async (...given: unknown[]): Promise<unknown> => {
      if (!life.alive) return never;
      const before = turn;
      const begun = (async () => {
        await before;
        if (random.chance(0.2)) await time.sleep(random.next() * mostLatency);
        if (!life.alive) return never;
        return { answer: method(...given) };
      })();
      turn = begun;
      const { answer } = await begun;
      const result = await answer;
      if (name === 'bulkWrite' && instance.collectionName === 'users') note(given, result as { error: { documentId: string }[] });
      return life.alive ? result : never;
    };
    Object.assign(instance, { [name]: slow });
  }
  const note = ([rows, context]: unknown[], { error }: { error: { documentId: string }[] }): void => {
    const failed = new Set(error.map(({ documentId }) => documentId));
    for (const { document, previous } of rows as BulkWriteRow<UserRow>[]) {
      if (failed.has(document.id)) continue;
      const before = previous === undefined ? null : documentOf(previous as RxDocumentData<UserRow>);
      const byPerson = !(context as string).startsWith(byReplication);
      written.push({ at: time.now, id: document.id, before, after: documentOf(document), byPerson });
    }
  };
  return instance;
}
