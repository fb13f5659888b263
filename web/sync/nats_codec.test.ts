import { expect, test } from 'vitest';
import { decodeChange, decodeHeartbeat, decodePage, decodeReceipt, encodeMutations } from './nats_codec.ts';
import { user } from './testing/users.ts';
import { PullError } from './transport.ts';

const headers: Record<string, string> = { 'Users-Epoch': 'e', 'Users-Seq': '7', 'Users-Checkpoint': 'c' };
const headerOf = (given: Record<string, string>) => (name: string) => given[name] ?? '';
const json = JSON.stringify(user());

test('a broadcast says where it stands', () => {
  expect(decodeChange(headerOf(headers), json)).toEqual({ epoch: 'e', seq: 7, checkpoint: 'c', document: user() });
});

test.each(['Users-Epoch', 'Users-Seq', 'Users-Checkpoint'])('a broadcast without %s is nobody\'s', (name) => {
  expect(decodeChange(headerOf({ ...headers, [name]: '' }), json)).toBeNull();
});

test('a broadcast whose sequence is none is nobody\'s', () => {
  for (const seq of ['0', '-1', '1.5', 'x']) expect(decodeChange(headerOf({ ...headers, 'Users-Seq': seq }), json)).toBeNull();
});

test('a broadcast without payload is a change without content', () => {
  expect(decodeChange(headerOf(headers), '')).toMatchObject({ seq: 7, document: null });
  expect(decodeChange(headerOf(headers), '{"id":1}')).toBeNull();
});

test('a mutation says what it assumed, also nothing', () => {
  const [mutation] = JSON.parse(encodeMutations([{ mutation_id: 'm', document: user(), assumed: null }])) as unknown[];
  expect(mutation).toEqual({ mutation_id: 'm', document: user(), assumed: null });
});

test('a receipt may leave out what it has nothing to say of', () => {
  expect(decodeReceipt('{"mutation_id":"m","index":0,"outcome":"APPLIED","seq":3,"version":1}')).toEqual({
    mutation_id: 'm',
    outcome: 'APPLIED',
    seq: 3,
    conflicts: [],
    violations: [],
  });
  expect(decodeReceipt('{"mutation_id":"m","outcome":"LATER"}')).toBeNull();
  expect(decodeReceipt('{"outcome":"APPLIED"}')).toBeNull();
  expect(decodeReceipt('no JSON')).toBeNull();
});

test('a receipt says what holds, which fields are in conflict, and which rules are broken', () => {
  const receipt = {
    mutation_id: 'm',
    outcome: 'CONFLICT',
    document: user({ status: 'paused' }),
    conflicts: [{ field: 'status', base: 'active', theirs: 'paused' }],
    violations: [{ field: 'email', reason: 'EMAIL_TAKEN', description: 'another user has it' }],
  };
  expect(decodeReceipt(JSON.stringify(receipt))).toEqual(receipt);
  expect(decodeReceipt(JSON.stringify({ ...receipt, document: {} }))).not.toHaveProperty('document');
});

test('a page is documents and their sequences', () => {
  const page = { documents: [user()], seqs: [4], checkpoint: 'c', more: true };
  expect(decodePage(JSON.stringify(page))).toEqual(page);
  expect(decodePage('{"documents":[],"seqs":[],"checkpoint":null,"more":false}').checkpoint).toBeNull();
  expect(() => decodePage('{"documents":[],"seqs":[1],"checkpoint":"c","more":true}')).toThrow('none');
  expect(() => decodePage('{"documents":[],"seqs":[],"checkpoint":"c"}')).toThrow('none');
  expect(() => decodePage('{"documents":[{}],"seqs":[1],"checkpoint":"c","more":true}')).toThrow('none');
});

test('a refused pull gives its reason', () => {
  const refuse = (reason: string) => () => decodePage(JSON.stringify({ error: { reason, message: 'text' } }));
  expect(refuse('CHECKPOINT_DIVERGED')).toThrow(PullError);
  expect(new PullError('CHECKPOINT_DIVERGED', '').isDivergence).toBe(true);
  expect(new PullError('TOKEN_MALFORMED', '').isDivergence).toBe(true);
  expect(new PullError('UNAVAILABLE', '').isDivergence).toBe(false);
});

test('a heartbeat says how far the store is', () => {
  expect(decodeHeartbeat('{"epoch":"e","seq":3}')).toEqual({ epoch: 'e', seq: 3 });
  expect(decodeHeartbeat('{}')).toBeNull();
});
