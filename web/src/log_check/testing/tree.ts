// The tree of RFC 6962 by its definition (2.1): slow, and nothing of what it tests.
import { bytesOf } from '../bytes.ts';
import { leafHash, nodeHash } from '../merkle.ts';

type Hashes = readonly Uint8Array[];

export function leavesOf(count: number): Promise<Uint8Array[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => leafHash(bytesOf(`leaf ${index}`))));
}

/** Where a tree is divided: the largest power of two that is smaller than its size. */
function splitOf(size: number): number {
  return 2 ** Math.floor(Math.log2(size - 1));
}

export async function rootOf(leaves: Hashes): Promise<Uint8Array> {
  const [only] = leaves;
  if (leaves.length === 1 && only !== undefined) return only;
  const split = splitOf(leaves.length);
  return nodeHash(await rootOf(leaves.slice(0, split)), await rootOf(leaves.slice(split)));
}

export async function inclusionProof(index: number, leaves: Hashes): Promise<Uint8Array[]> {
  if (leaves.length === 1) return [];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split
    ? [...(await inclusionProof(index, left)), await rootOf(right)]
    : [...(await inclusionProof(index - split, right)), await rootOf(left)];
}

export function consistencyProof(size: number, leaves: Hashes): Promise<Uint8Array[]> {
  return subproof(size, leaves, true);
}

async function subproof(size: number, leaves: Hashes, isWhole: boolean): Promise<Uint8Array[]> {
  if (size === leaves.length) return isWhole ? [] : [await rootOf(leaves)];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return size <= split
    ? [...(await subproof(size, left, isWhole)), await rootOf(right)]
    : [...(await subproof(size - split, right, false)), await rootOf(left)];
}
