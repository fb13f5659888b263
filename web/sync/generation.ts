/** Which history the rows are compared with. */
export interface Generation {
  /** 1, 2, 3 … for this collection. */
  number: number;
  /** What RxDB's identifier says of the database. It never changes, or RxDB would begin anew. */
  database: string;
  /** The database; null until it is known. */
  epoch: string | null;
  /** The rows come from an earlier generation, and were not compared with this one yet. */
  reconciling: boolean;
}

/** The first one begins before anybody says which database it is of. */
export const firstGeneration: Generation = { number: 1, database: 'first', epoch: null, reconciling: false };

/** What tells replications of one collection apart, if the application does not say. */
export const defaultIdentifier = 'usersync';

/** RxDB's identifier of the replication of one generation: what RxDB believes of the rows is kept under it. */
export function identifierOf(identifier: string, { database, number }: Generation): string {
  return `${identifier}|${database}|${number}`;
}
