import { vi } from 'vitest';

/** Waits until what is asserted holds. The machine may be busy: patience costs nothing where all is well. */
export function eventually<T>(assertion: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(assertion, { timeout: 120_000, interval: 50 }) as Promise<T>;
}
