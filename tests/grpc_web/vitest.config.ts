import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // The machine may be busy with other tests.
    testTimeout: 120_000,
    hookTimeout: 300_000,
    projects: [{ extends: true, test: { name: 'integration', include: ['*.test.ts'] } }],
  },
});
