import { addRxPlugin, createRxDatabase, type RxCollection, type RxDatabase } from 'rxdb';
import { disableWarnings, RxDBDevModePlugin } from 'rxdb/plugins/dev-mode';
import { wrappedValidateAjvStorage } from 'rxdb/plugins/validate-ajv';
import { firstValueFrom } from 'rxjs';
import { documentOf, type UserDocument, type UserRow } from '../../document.ts';
import { LocalEdits } from '../../local_edits.ts';
import type { RefusedEdit } from '../../local_store.ts';
import { replicateUsers, type UsersReplication } from '../../replication.ts';
import { usersSchema } from '../../schema.ts';
import type { History } from './history.ts';
import type { PageLocks } from './page_locks.ts';
import { pageStorage, type RowWrite } from './page_storage.ts';
import type { Random } from './random.ts';
import { within, type Life, type VirtualTime } from './virtual_time.ts';
import { calm, WeatherTransport, type Weather } from './weather_transport.ts';

// Only with it does RxDB open a database twice in one process.
disableWarnings();
addRxPlugin(RxDBDevModePlugin);

/** What a browser keeps when its pages are closed. */
export interface SimulatedProfile {
  name: string;
  /** Its name for RxDB. */
  database: string;
  storage: Parameters<typeof pageStorage>[0];
  tabs: boolean;
  written: RowWrite[];
  /** What a person read of a refusal and said: forget it. */
  dropped: RefusedEdit[];
}

export interface SimulatedPageParts {
  profile: SimulatedProfile;
  history: History;
  time: VirtualTime;
  random: Random;
  locks: PageLocks;
  batchSize: number;
  note: (text: string) => void;
}

interface Opened {
  life: Life;
  database: RxDatabase;
  users: RxCollection<UserRow>;
  edits: LocalEdits;
  replication: UsersReplication | null;
}

/** A tab of a browser, which a person opens, uses and closes. */
export class SimulatedPage {
  readonly profile: SimulatedProfile;
  readonly transports: WeatherTransport[] = [];
  readonly errors: string[] = [];
  weather: Weather = calm;
  online = true;
  #opened: Opened | null = null;
  /** Opens and closes one after the other. */
  #busy: Promise<void> = Promise.resolve();
  readonly #parts: SimulatedPageParts;

  constructor(parts: SimulatedPageParts) {
    this.#parts = parts;
    this.profile = parts.profile;
  }

  get opened(): Opened | null {
    return this.#opened;
  }

  get users(): RxCollection<UserRow> | null {
    return this.#opened?.users ?? null;
  }

  /** What a reader of a failure wants to know. */
  get state(): string {
    let state = 'closed';
    this.#opened?.replication?.state$.subscribe((one) => (state = one)).unsubscribe();
    const transports = this.transports.filter(({ isOpen }) => isOpen).length;
    const { pushes, pulls } = this.transports.at(-1) ?? { pushes: 0, pulls: 0 };
    return `${state}, ${transports} open ways, ${pushes} pushes, ${pulls} pulls, ${this.errors.slice(-4).join(' | ')}`;
  }

  /** Opens the page, if it is not, and replicates, if it does not. */
  open(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#opened === null) await this.#open();
      this.start();
    });
  }

  start(): void {
    const opened = this.#opened;
    if (opened === null || opened.replication !== null) return;
    within(opened.life, () => {
      const { history, time, random, batchSize, note } = this.#parts;
      const transport = new WeatherTransport({ history, time, random, life: opened.life, profile: this.profile.name, weather: () => this.weather, note });
      if (!this.online) transport.setOnline(false);
      this.transports.push(transport);
      opened.replication = replicateUsers({ collection: opened.users, transport, batchSize });
      opened.replication.errors$.subscribe((error) => this.errors.push(`${time.now} ${error.message.slice(0, 200)}`));
    });
  }

  stop(): Promise<void> {
    return this.#inTurn(async () => {
      const opened = this.#opened;
      const replication = opened?.replication ?? null;
      if (opened === null || replication === null) return;
      await this.do(() => replication.cancel());
      opened.replication = null;
    });
  }

  /** As a browser that leaves time for it. */
  close(): Promise<void> {
    return this.#inTurn(async () => {
      const opened = this.#opened;
      this.#opened = null;
      if (opened === null) return;
      await within(opened.life, async () => {
        await opened.replication?.cancel();
        await opened.database.close();
      });
      this.#end(opened);
    });
  }

  /** As a browser that crashes: nothing more happens here. */
  kill(): void {
    const opened = this.#opened;
    this.#opened = null;
    if (opened === null) return;
    this.#end(opened);
    // A stop that had begun never ends.
    this.#busy = Promise.resolve();
    // Of the collections that RxDB counts.
    for (const collection of Object.values(opened.database.collections)) {
      void within(opened.life, () => collection.close()).catch(() => undefined);
    }
  }

  setOnline(online: boolean): void {
    this.online = online;
    for (const transport of this.transports) transport.setOnline(online);
  }

  /** As the page that is open now; what it waits for may never come. */
  do<T>(work: (opened: Opened) => Promise<T>): Promise<T | null> {
    const opened = this.#opened;
    return opened === null ? Promise.resolve(null) : within(opened.life, () => work(opened));
  }

  /** Tombstones too. */
  async stored(ids: readonly string[]): Promise<Map<string, UserDocument>> {
    const rows = await this.do(({ users }) => users.storageInstance.findDocumentsById([...ids], true));
    return new Map((rows ?? []).map((row) => [row.id, documentOf(row)]));
  }

  async refused(): Promise<RefusedEdit[]> {
    return (await this.do(({ edits }) => firstValueFrom(edits.refused$))) ?? [];
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#busy.then(work);
    this.#busy = done.catch((error: unknown) => void this.errors.push(String(error)));
    return done;
  }

  async #open(): Promise<void> {
    const { time, random } = this.#parts;
    const { database: name, storage, tabs, written } = this.profile;
    const life: Life = { alive: true };
    await within(life, async () => {
      const database = await createRxDatabase({
        name,
        storage: wrappedValidateAjvStorage({ storage: pageStorage(storage, { life, time, random, written }) }),
        multiInstance: tabs,
        ignoreDuplicate: true,
      });
      const { users } = await database.addCollections({ users: { schema: usersSchema } });
      const collection = users as unknown as RxCollection<UserRow>;
      this.#opened = { life, database, users: collection, edits: new LocalEdits(collection), replication: null };
    });
  }

  #end({ life }: Opened): void {
    life.alive = false;
    this.#parts.locks.end(life);
  }
}
