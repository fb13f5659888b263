import { vi } from 'vitest';

/**
 * How long anything may take, in milliseconds: the machine may be busy, and it costs nothing where all is well. A test
 * may take longer, so that whoever waited in vain says for what.
 */
export const patience = 90_000;

/** Waits until what is asserted holds. */
export function eventually<T>(assertion: () => T | Promise<T>, timeout = patience): Promise<T> {
  return vi.waitFor(assertion, { timeout, interval: 50 }) as Promise<T>;
}
