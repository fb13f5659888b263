import { defaultClientConditions } from 'vite';
import { defineConfig } from 'vitest/config';

// The package is taken from its sources.
const conditions = ['usersync-source', ...defaultClientConditions];

// What only the page has: pure functions. The package has a configuration of its own.
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    testTimeout: 120_000,
    projects: [{ extends: true, test: { name: 'unit', include: ['src/**/*.test.ts'] } }],
  },
});
