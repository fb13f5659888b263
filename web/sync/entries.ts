import type { RxCollection, RxDatabase, RxJsonSchema } from 'rxdb';

/** Something that the package keeps for itself. */
export interface Entry {
  key: string;
  kind: string;
  value: object;
}

export type Entries = RxCollection<Entry>;

const schema: RxJsonSchema<Entry> = {
  version: 0,
  primaryKey: 'key',
  type: 'object',
  properties: {
    key: { type: 'string', maxLength: 200 },
    kind: { type: 'string' },
    value: { type: 'object', additionalProperties: true },
  },
  required: ['key', 'kind', 'value'],
};

/** Between two looks at a collection that closes. */
const pause = 10;

/** The collections of entries that are open in this page: RxDB opens none twice. */
class OpenEntries {
  readonly #database: RxDatabase;
  readonly #open = new Map<string, { entries: Entries; holders: number }>();
  /** Opening and closing take turns: RxDB refuses the name of a collection that still closes. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(database: RxDatabase) {
    this.#database = database;
  }

  hold(name: string): Promise<Entries> {
    return this.#inTurn(async () => {
      const known = this.#open.get(name);
      const held = known === undefined || known.entries.closed ? { entries: await this.#add(name), holders: 0 } : known;
      held.holders += 1;
      this.#open.set(name, held);
      return held.entries;
    });
  }

  release(entries: Entries): Promise<void> {
    return this.#inTurn(async () => {
      const held = this.#open.get(entries.name);
      // Another tab may have removed it, and this one opened it anew.
      if (held?.entries !== entries) return;
      held.holders -= 1;
      if (held.holders > 0) return;
      this.#open.delete(entries.name);
      await entries.close();
    });
  }

  async #add(name: string): Promise<Entries> {
    // What another tab removed closes by itself.
    while (this.#database.collections[name]?.closed === true) await new Promise((resolve) => setTimeout(resolve, pause));
    const added = await this.#database.addCollections({ [name]: { schema } });
    return added[name] as unknown as Entries;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

const openEntries = new WeakMap<RxDatabase, OpenEntries>();

function entriesOf(database: RxDatabase): OpenEntries {
  const known = openEntries.get(database) ?? new OpenEntries(database);
  openEntries.set(database, known);
  return known;
}

/** The entries that belong to a collection of users. Whoever holds them must release them. */
export function holdEntries(database: RxDatabase, users: string): Promise<Entries> {
  return entriesOf(database).hold(`${users}_sync`);
}

/** Closes them, unless somebody else in this page holds them. */
export function releaseEntries(entries: Entries): Promise<void> {
  return entriesOf(entries.database).release(entries);
}
