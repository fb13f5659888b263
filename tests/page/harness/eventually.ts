import { vi } from 'vitest';
import { patience } from './patience.ts';

/** Waits until what is asserted holds. */
export function eventually<T>(assertion: () => T | Promise<T>, timeout = patience): Promise<T> {
  return vi.waitFor(assertion, { timeout, interval: 50 }) as Promise<T>;
}
