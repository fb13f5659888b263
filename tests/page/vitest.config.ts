import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // The machine may be busy with other tests.
    testTimeout: 360_000,
    hookTimeout: 300_000,
    // Each file has servers and a Chromium of its own: two at once would only slow each other down.
    fileParallelism: false,
    projects: [{ extends: true, test: { name: 'integration', include: ['*.test.ts'], setupFiles: ['harness/web_socket.ts'] } }],
  },
});
