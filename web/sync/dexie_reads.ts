import type { DexieSettings } from 'rxdb';

/** Dexie's types, as far as RxDB tells them: Dexie itself is RxDB's business. */
type Dexie = Parameters<NonNullable<DexieSettings['onCreate']>>[0];
type Core = Dexie['core'];
type Table = ReturnType<Core['table']>;
type GetMany = Table['getMany'];

/** Fewer reads are as fast one by one. */
const fewest = 50;
/** So many keys are read for each that is asked for. Reading a key is that much cheaper than asking for a row. */
const mostKeys = 10;
const rangeOfAny = 3;

/**
 * Dexie reads many rows with a request each, also those that are not there, and RxDB asks four times for each row that a
 * first sync brings. Here the keys that there are are read first, all at once.
 */
function askOnlyForWhatIsThere(table: Table): GetMany {
  const query = { index: table.schema.primaryKey, range: { type: rangeOfAny, lower: undefined, upper: undefined } };
  return (request) => {
    const { keys, trans } = request;
    if (keys.length < fewest) return table.getMany(request);
    const limit = keys.length * mostKeys;
    return table.query({ trans, query, limit, values: false }).then(({ result }) => {
      if (result.length === limit) return table.getMany(request);
      const there = new Set(result);
      const places = keys.flatMap((key, place) => (there.has(key) ? [place] : []));
      const rows: unknown[] = keys.map(() => undefined);
      if (places.length === 0) return rows;
      return table.getMany({ ...request, keys: places.map((place) => keys[place]) }).then((found) => {
        places.forEach((place, index) => (rows[place] = found[index]));
        return rows;
      });
    });
  };
}

/** For RxDB's storage over Dexie. */
export const dexieSettings: DexieSettings = {
  onCreate: (database) => {
    database.use({
      stack: 'dbcore',
      name: 'usersync-reads',
      create: (core) => ({
        ...core,
        table: (name) => {
          const table = core.table(name);
          return { ...table, getMany: askOnlyForWhatIsThere(table) };
        },
      }),
    });
  },
};
