// Options that could never work are refused at once, in words.
import type { RxCollection } from 'rxdb';
import { describe, expect, test } from 'vitest';
import { checkOptions } from './check_options.ts';
import type { UserRow } from './document.ts';
import type { ReplicateUsersOptions, TransportChoice } from './options.ts';

function checked(options: Omit<ReplicateUsersOptions, 'collection'>): () => void {
  return () => checkOptions({ collection: null as unknown as RxCollection<UserRow>, ...options });
}

test('whatever can work is taken', () => {
  const nats = ['ws://127.0.0.1:9222', 'ws://127.0.0.1:9223'];
  expect(checked({ nats })).not.toThrow();
  expect(checked({ nats: nats[0]!, gateway: 'http://127.0.0.1:8080', transport: 'auto', batchSize: 1 })).not.toThrow();
  expect(checked({ gateway: 'http://127.0.0.1:8080', batchSize: 1_000 })).not.toThrow();
});

describe('refused is', () => {
  test.each([0, 1_001, 1.5, Number.NaN])('a batch of %d', (batchSize) => {
    expect(checked({ batchSize })).toThrow(`batchSize is 1 to 1000, not ${batchSize}`);
  });

  test('a transport that there is not', () => {
    expect(checked({ transport: 'ws' as TransportChoice })).toThrow('transport is one of nats, grpc-web, auto, or an object, not "ws"');
  });

  test.each([[''], [[]]])('a NATS without a server: %j', (nats) => {
    expect(checked({ nats })).toThrow('nats names no server');
  });
});
