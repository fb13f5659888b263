import { defineConfig } from 'vitest/config';

// What needs servers says so in its name.
const withServers = '*.server.test.ts';

export default defineConfig({
  test: {
    // The machine may be busy with other tests.
    testTimeout: 120_000,
    hookTimeout: 300_000,
    projects: [
      { extends: true, test: { name: 'unit', include: ['*.test.ts'], exclude: [withServers] } },
      { extends: true, test: { name: 'integration', include: [withServers], globalSetup: ['testing/servers.ts'], setupFiles: ['testing/web_socket.ts'] } },
    ],
  },
});
