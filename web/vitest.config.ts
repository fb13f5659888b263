import { defineConfig } from 'vitest/config';

// What only the page has: pure functions. The package has a configuration of its own.
export default defineConfig({
  test: {
    testTimeout: 120_000,
    projects: [{ extends: true, test: { name: 'unit', include: ['src/**/*.test.ts'] } }],
  },
});
