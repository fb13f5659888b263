import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { addRxPlugin, createRxDatabase, type RxCollection, type RxDatabase } from 'rxdb';
import { RxDBDevModePlugin, disableWarnings } from 'rxdb/plugins/dev-mode';
import { wrappedValidateAjvStorage } from 'rxdb/plugins/validate-ajv';
import { firstValueFrom } from 'rxjs';
import type { Counters } from '../counters.ts';
import { dexieStorage } from '../dexie_storage.ts';
import { documentOf, type UserDocument, type UserRow } from '../document.ts';
import type { PendingEdit, RefusedEdit } from '../local_store.ts';
import type { ReplicateUsersOptions } from '../options.ts';
import { replicateUsers, type UsersReplication } from '../replication.ts';
import { usersSchema } from '../schema.ts';

disableWarnings();
addRxPlugin(RxDBDevModePlugin);

/** What a browser keeps when its page is closed. */
export class Profile {
  readonly name = `browser-${crypto.randomUUID()}`;
  readonly storage = dexieStorage({ indexedDB: new IDBFactory(), IDBKeyRange });
}

async function addUsers(database: RxDatabase): Promise<RxCollection<UserRow>> {
  const { users } = await database.addCollections({ users: { schema: usersSchema } });
  return users as unknown as RxCollection<UserRow>;
}

/** A page of a browser: a database with a collection of users. */
export class Browser {
  readonly database: RxDatabase;
  #users: RxCollection<UserRow>;
  #replication: UsersReplication | null = null;

  private constructor(database: RxDatabase, users: RxCollection<UserRow>) {
    this.database = database;
    this.#users = users;
  }

  get users(): RxCollection<UserRow> {
    return this.#users;
  }

  static async open(profile = new Profile(), multiInstance = false): Promise<Browser> {
    const storage = wrappedValidateAjvStorage({ storage: profile.storage });
    // Two tabs are two databases of one name.
    const database = await createRxDatabase({ name: profile.name, storage, multiInstance, ignoreDuplicate: true });
    return new Browser(database, await addUsers(database));
  }

  /** Makes the collection anew after it was removed. */
  async addUsersAgain(): Promise<void> {
    this.#users = await addUsers(this.database);
  }

  get replication(): UsersReplication {
    if (this.#replication === null) throw new Error('nothing is replicated');
    return this.#replication;
  }

  replicate(options: Omit<ReplicateUsersOptions, 'collection'>): UsersReplication {
    this.#replication = replicateUsers({ collection: this.users, ...options });
    return this.#replication;
  }

  async row(id: string): Promise<UserRow | null> {
    return (await this.users.findOne(id).exec())?.toMutableJSON() ?? null;
  }

  /** What is stored, tombstones included. */
  async stored(id: string): Promise<UserDocument | null> {
    const [row] = await this.users.storageInstance.findDocumentsById([id], true);
    return row === undefined ? null : documentOf(row);
  }

  pending(): Promise<Set<string>> {
    return firstValueFrom(this.replication.pending$);
  }

  /** What came for a row while its push ran, as it is kept. */
  async latePending(id: string): Promise<UserDocument | null> {
    const entry = await this.database.collections['users_sync']?.findOne(`pending:${id}`).exec();
    const edit = entry?.toMutableJSON().value as PendingEdit | undefined;
    return edit?.late?.document ?? null;
  }

  refused(): Promise<RefusedEdit[]> {
    return firstValueFrom(this.replication.refused$);
  }

  counters(): Promise<Counters> {
    return firstValueFrom(this.replication.counters$);
  }

  async close(): Promise<void> {
    await this.#replication?.cancel();
    await this.database.close();
  }
}
