// WebSocket does not get through, as behind some proxies.
import type { WebSocketRoute } from 'playwright-core';
import { expect, test } from 'vitest';
import { allEqual } from './harness/all_equal.ts';
import { Stage } from './harness/stage.ts';

const stage = Stage.ofFile();

test('where WebSocket is blocked gRPC-Web takes over, and everybody sees everything', async () => {
  const [ann] = await stage.people(1);
  const context = await stage.browser.newContext();
  await context.routeWebSocket(/.*/, (socket) => socket.close());
  const bob = await stage.open(context);
  const calls = new Set<string>();
  bob.page.on('request', (request) => calls.add(new URL(request.url()).pathname));
  await bob.start();
  await bob.active();

  await bob.create('by-grpc-web@example.com');
  await ann!.row('by-grpc-web@').waitFor();
  await ann!.edit('by-grpc-web@', { Status: 'paused' });
  await bob.row('by-grpc-web@').filter({ hasText: 'paused' }).waitFor();
  await allEqual(stage.system, ann!, bob);
  expect([...calls], 'what was called').toEqual(expect.arrayContaining(['Pull', 'Push'].map((name) => `/users.v1.SyncService/${name}`)));
});

test('where WebSocket is blocked from some moment on gRPC-Web takes over, too', async () => {
  const [ann, bob] = await stage.people(2);
  let isBlocked = false;
  const open: WebSocketRoute[] = [];
  await bob!.page.routeWebSocket(/.*/, (socket) => {
    if (isBlocked) return void socket.close();
    socket.connectToServer();
    open.push(socket);
  });
  await bob!.page.reload();
  await (await bob!.start()).active();
  expect(open).toHaveLength(1);

  isBlocked = true;
  await open[0]!.close();
  await bob!.inactive();
  await bob!.create('by-the-other-way@example.com');
  await bob!.active();
  await ann!.row('by-the-other-way@').waitFor();
  await ann!.edit('by-the-other-way@', { Status: 'paused' });
  await bob!.row('by-the-other-way@').filter({ hasText: 'paused' }).waitFor();
  await allEqual(stage.system, ann!, bob!);
});
