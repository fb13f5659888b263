import { joined, sameBytes, sha256, type Bytes } from './bytes.ts';

const leafMark = Uint8Array.of(0);
const nodeMark = Uint8Array.of(1);

/** Of RFC 6962, as is all of this file. */
export function leafHash(data: Uint8Array): Promise<Bytes> {
  return sha256(joined(leafMark, data));
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Promise<Bytes> {
  return sha256(joined(nodeMark, left, right));
}

const isOdd = (number: bigint): boolean => (number & 1n) === 1n;

/** A place in a level of the tree, from which a proof climbs. */
interface Place {
  index: bigint;
  last: bigint;
}

/** Whether the next node of a proof stands at the left. The place is moved up to the level where it joins. */
function joinsAtLeft(place: Place): boolean {
  if (!isOdd(place.index) && place.index !== place.last) return false;
  while (!isOdd(place.index) && place.index !== 0n) climb(place);
  return true;
}

function climb(place: Place): void {
  place.index >>= 1n;
  place.last >>= 1n;
}

/** The root that leaf number `index` of `size` and its audit path lead to (RFC 9162, 2.1.3.2); null if it is no such path. */
export async function rootOfPath(index: bigint, size: bigint, leaf: Uint8Array, path: readonly Uint8Array[]): Promise<Uint8Array | null> {
  if (index < 0n || index >= size) return null;
  const place = { index, last: size - 1n };
  let root = leaf;
  for (const node of path) {
    if (place.last === 0n) return null;
    root = joinsAtLeft(place) ? await nodeHash(node, root) : await nodeHash(root, node);
    climb(place);
  }
  return place.last === 0n ? root : null;
}

/** A tree: how many leaves, and the hash over all of them. */
export interface Tree {
  size: bigint;
  root: Uint8Array;
}

/** Whether `proof` shows that the first leaves of `later` are those of `earlier` (RFC 9162, 2.1.4.2). */
export async function isContinued(earlier: Tree, later: Tree, proof: readonly Uint8Array[]): Promise<boolean> {
  if (earlier.size === later.size) return proof.length === 0 && sameBytes(earlier.root, later.root);
  if (earlier.size === 0n) return proof.length === 0;
  if (earlier.size > later.size) return false;
  const isFull = (earlier.size & (earlier.size - 1n)) === 0n;
  const [first, ...rest] = isFull ? [earlier.root, ...proof] : proof;
  if (first === undefined) return false;
  const place = { index: earlier.size - 1n, last: later.size - 1n };
  while (isOdd(place.index)) climb(place);
  let before: Uint8Array = first;
  let after: Uint8Array = first;
  for (const node of rest) {
    if (place.last === 0n) return false;
    if (joinsAtLeft(place)) {
      before = await nodeHash(node, before);
      after = await nodeHash(node, after);
    } else {
      after = await nodeHash(after, node);
    }
    climb(place);
  }
  return place.last === 0n && sameBytes(before, earlier.root) && sameBytes(after, later.root);
}
