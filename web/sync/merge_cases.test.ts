// The table of cases that the store is tested with, too: tests/cases/README.md.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { UserDocument } from './document.ts';
import type { FieldConflict, Outcome } from './mutation.ts';
import { decide } from './testing/decide.ts';

type Differences = Record<string, string | boolean | null>;

interface Case {
  name: string;
  current: Differences | null;
  plain?: Differences;
  mutation?: { document: Differences; assumed: Differences | null; on_conflict?: 'refuse' | 'overwrite' };
  expect: { outcome: Outcome; document?: Differences; conflicts?: FieldConflict[] };
}

interface Table {
  document: UserDocument;
  groups: { name: string; cases: Case[] }[];
}

const table = JSON.parse(readFileSync(new URL('../../tests/cases/merge.json', import.meta.url), 'utf8')) as Table;
const ofDocumentsAlone = ['create', 'unchanged', 'plain', 'belief', 'merge', 'dispute', 'deletion', 'insert'];

function documentFrom(differences: Differences): UserDocument {
  const fields = Object.entries({ ...table.document, ...differences }).filter(([, value]) => value !== null);
  return Object.fromEntries(fields) as unknown as UserDocument;
}

function orNull(differences: Differences | null): UserDocument | null {
  return differences === null ? null : documentFrom(differences);
}

function run({ current, plain, mutation }: Case) {
  const mutation_id = 'm-1';
  if (mutation === undefined) return decide({ mutation_id, document: documentFrom(plain ?? {}) }, orNull(current));
  const { document, assumed, ...policy } = mutation;
  return decide({ mutation_id, document: documentFrom(document), assumed: orNull(assumed), ...policy }, orNull(current));
}

test('the table has every group', () => {
  expect(table.groups.map((group) => group.name)).toEqual(expect.arrayContaining(ofDocumentsAlone));
});

for (const group of table.groups.filter(({ name }) => ofDocumentsAlone.includes(name))) {
  describe(group.name, () => {
    test.each(group.cases.map((one): [string, Case] => [one.name, one]))('%s', (_, one) => {
      const receipt = run(one);
      expect(receipt.outcome).toBe(one.expect.outcome);
      expect(receipt.conflicts).toEqual(one.expect.conflicts ?? []);
      if (one.expect.document !== undefined) expect(receipt.document).toEqual(documentFrom(one.expect.document));
    });
  });
}
