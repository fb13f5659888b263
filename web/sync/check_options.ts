import type { ReplicateUsersOptions } from './options.ts';

/** What the store gives and takes at once. */
const mostAtOnce = 1_000;
const choices: readonly string[] = ['nats', 'grpc-web', 'auto'];

/** Throws where options could never work; their types do not stop programs without types. */
export function checkOptions({ batchSize = 1, transport = 'auto', nats }: ReplicateUsersOptions): void {
  if (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > mostAtOnce) {
    throw new RangeError(`batchSize is 1 to ${mostAtOnce}, not ${batchSize}`);
  }
  if (typeof transport === 'string' && !choices.includes(transport)) {
    throw new TypeError(`transport is one of ${choices.join(', ')}, or an object, not "${transport}"`);
  }
  if (nats === '' || (Array.isArray(nats) && nats.length === 0)) throw new TypeError('nats names no server');
}
