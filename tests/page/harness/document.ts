/** A user as it travels, whoever keeps it. */
export interface Document {
  id: string;
  email: string;
  status: string;
  role?: string;
  created_at: string;
  updated_at: string;
  _deleted: boolean;
}

/** The latest state of every user that somebody knows, by id. */
export type Documents = Map<string, Document>;

/** By id. What comes later wins. */
export function byId(documents: Iterable<Document>): Documents {
  return new Map([...documents].map((document) => [document.id, document]));
}

/** The addresses of those who are not deleted. */
export function emailsOf(documents: Documents): string[] {
  return [...documents.values()].filter(({ _deleted }) => !_deleted).map(({ email }) => email);
}

/** Those who are not deleted, as the page lists them: the newest first, and those of one moment by id. */
export function listed(documents: Documents): Document[] {
  const living = [...documents.values()].filter(({ _deleted }) => !_deleted);
  return living.sort((a, b) => compare(b.created_at, a.created_at) || compare(a.id, b.id));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
