import { expect, test } from 'vitest';
import { isContinued, rootOfPath } from './merkle.ts';
import { consistencyProof, inclusionProof, leavesOf, rootOf } from './testing/tree.ts';
import { leaves, rootOf2, rootOf3 } from './testing/worked_example.ts';

const [first, second, third] = leaves as [Uint8Array, Uint8Array, Uint8Array];
const treeOf2 = { size: 2n, root: rootOf2 };
const treeOf3 = { size: 3n, root: rootOf3 };

test('the worked example is proven', async () => {
  expect(await rootOfPath(1n, 3n, second, [first, third])).toEqual(rootOf3);
  expect(await isContinued(treeOf2, treeOf3, [third])).toBe(true);
});

test('another place, size, leaf or path does not lead to the root', async () => {
  expect(await rootOfPath(0n, 3n, second, [first, third])).not.toEqual(rootOf3);
  expect(await rootOfPath(1n, 3n, third, [first, third])).not.toEqual(rootOf3);
  expect(await rootOfPath(1n, 3n, second, [third, first])).not.toEqual(rootOf3);
  expect(await rootOfPath(1n, 3n, second, [first])).toBeNull();
  expect(await rootOfPath(1n, 3n, second, [first, third, third])).toBeNull();
  expect(await rootOfPath(1n, 2n, second, [first, third])).toBeNull();
  expect(await rootOfPath(3n, 3n, second, [first, third])).toBeNull();
  expect(await rootOfPath(-1n, 3n, second, [first, third])).toBeNull();
});

test('another tree, size or proof is no continuation', async () => {
  expect(await isContinued({ size: 2n, root: rootOf3 }, treeOf3, [third])).toBe(false);
  expect(await isContinued(treeOf2, { size: 3n, root: rootOf2 }, [third])).toBe(false);
  expect(await isContinued(treeOf2, treeOf3, [])).toBe(false);
  expect(await isContinued(treeOf2, treeOf3, [second])).toBe(false);
  expect(await isContinued(treeOf2, treeOf3, [third, third])).toBe(false);
  expect(await isContinued(treeOf3, treeOf2, [third])).toBe(false);
  expect(await isContinued(treeOf2, { size: 2n, root: rootOf3 }, [])).toBe(false);
  expect(await isContinued(treeOf2, treeOf2, [third])).toBe(false);
});

test('everything continues the empty tree and itself', async () => {
  expect(await isContinued({ size: 0n, root: new Uint8Array(32) }, treeOf3, [])).toBe(true);
  expect(await isContinued(treeOf3, treeOf3, [])).toBe(true);
});

test('every proof of the definition holds, at every size to 40, and none with a node changed', async () => {
  const some = await leavesOf(40);
  const other = Uint8Array.from(third);
  for (let size = 1; size <= some.length; size += 3) {
    const later = { size: BigInt(size), root: await rootOf(some.slice(0, size)) };
    for (let index = 0; index < size; index += 1) {
      const leaf = some[index]!;
      const path = await inclusionProof(index, some.slice(0, size));
      expect(await rootOfPath(BigInt(index), later.size, leaf, path)).toEqual(later.root);
      for (const changed of path.keys()) {
        expect(await rootOfPath(BigInt(index), later.size, leaf, path.with(changed, other))).not.toEqual(later.root);
      }
    }
    for (let from = 1; from < size; from += 1) {
      const earlier = { size: BigInt(from), root: await rootOf(some.slice(0, from)) };
      const proof = await consistencyProof(from, some.slice(0, size));
      expect(await isContinued(earlier, later, proof), `${from} to ${size}`).toBe(true);
      expect(await isContinued({ ...earlier, root: other }, later, proof)).toBe(false);
      for (const changed of proof.keys()) expect(await isContinued(earlier, later, proof.with(changed, other))).toBe(false);
    }
  }
});
