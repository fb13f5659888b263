import { expect, test } from 'vitest';
import { canonicalJson } from './canonical_json.ts';

test('names are sorted by UTF-16 units, at every depth', () => {
  expect(canonicalJson({ b: { z: null, _a: true }, a: ['x', false] })).toBe('{"a":["x",false],"b":{"_a":true,"z":null}}');
});

test('strings are escaped as RFC 8785 has it, and nothing more', () => {
  expect(canonicalJson('é"\\\n\u001f\u20ac😀/')).toBe('"é\\"\\\\\\n\\u001f€😀/"');
});
