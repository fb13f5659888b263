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

/** The same in the same order, so that differences are easy to read. */
export function sorted(documents: Documents): Document[] {
  return [...documents.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The addresses of those who are not deleted. */
export function emailsOf(documents: Documents): string[] {
  return [...documents.values()].filter(({ _deleted }) => !_deleted).map(({ email }) => email);
}
