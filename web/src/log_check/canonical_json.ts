export type Json = null | boolean | string | readonly Json[] | { readonly [name: string]: Json };

/** RFC 8785. Numbers are not needed: the encoding of versions writes them as strings. */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (value instanceof Array) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.entries(value as { readonly [name: string]: Json });
  // Sorted by UTF-16 units, as JavaScript compares strings.
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`;
}
