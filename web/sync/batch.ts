/** A message's most bytes are 512 KiB, with subject and headers. */
export const mostMessageBytes = 512 * 1024;
/** What stands around the mutations: subject, headers, brackets. */
const aroundBytes = 1024;
/** A document's most bytes, as JSON in UTF-8. */
export const mostDocumentBytes = 64 * 1024;

const encoder = new TextEncoder();

/** How many bytes a value is as JSON in UTF-8. */
export function jsonBytes(value: unknown): number {
  return encoder.encode(JSON.stringify(value)).length;
}

/**
 * Cuts a list into messages, in order, by count and by size. An item that is too large for a message
 * has one to itself: whether it may be sent is decided elsewhere.
 */
export function batches<T>(items: readonly T[], mostCount: number, bytesOf: (item: T) => number): T[][] {
  const cut: T[][] = [];
  let bytes = 0;
  for (const item of items) {
    const size = bytesOf(item) + 1;
    const last = cut.at(-1);
    if (last === undefined || last.length >= mostCount || bytes + size > mostMessageBytes - aroundBytes) {
      cut.push([item]);
      bytes = size;
    } else {
      last.push(item);
      bytes += size;
    }
  }
  return cut;
}
