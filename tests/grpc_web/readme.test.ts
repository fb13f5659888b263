// The lines of gateway/README.md, in Chromium, before a real gateway and its store.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { RunningSystem } from '../../web/sync/testing/running_system.ts';
import { FLAGS } from './flags.ts';
import { PageServer } from './page_server.ts';

const PROTOS = '../../protos';
// Where generated code may lie, and the packages are found.
const GENERATED = 'generated';
const MOST_LINES = 10;

let folder: string;
let pages: PageServer;
let system: RunningSystem;
beforeAll(async () => {
  mkdirSync(GENERATED, { recursive: true });
  folder = mkdtempSync(path.join(GENERATED, 'readme-'));
  generate(path.join(folder, 'gen'));
  const port = await PageServer.freePort();
  // The gateway takes only pages from there.
  system = await RunningSystem.start({ USERSYNC_WEB_PORT: String(port) });
  const main = path.join(folder, 'main.ts');
  writeFileSync(main, linesOfReadme().replace('https://127.0.0.1:8443', system.variables['USERSYNC_GATEWAY_TLS_URL'] ?? ''));
  run('tsc', '--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022', '--module', 'esnext', '--moduleResolution', 'bundler', '--lib', 'es2022,dom', main);
  pages = await PageServer.start(main, port);
});
afterAll(async () => {
  pages?.stop();
  await system?.stop();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

function run(program: string, ...words: string[]): void {
  execFileSync(path.join('node_modules/.bin', program), words, { stdio: ['ignore', 'inherit', 'inherit'] });
}

// What protoc-gen-es makes of the public protos, without any option.
function generate(out: string): void {
  const plugins = [{ local: ['node_modules/.bin/protoc-gen-es'], out }];
  run('buf', 'generate', PROTOS, '--path', `${PROTOS}/users/v1`, '--template', JSON.stringify({ version: 'v2', plugins }));
}

function linesOfReadme(): string {
  const [, section = ''] = readFileSync('../../gateway/README.md', 'utf8').split('## From a browser\n');
  const [block = ''] = /(?:^(?: {4}.*)?\n)+/m.exec(section.slice(section.indexOf('\n    '))) ?? [];
  return block.replaceAll(/^ {4}/gm, '');
}

// Writes once more; answers with the sequence of the change.
async function write(): Promise<number> {
  const body = JSON.stringify({ status: `at ${performance.now()}` });
  const answer = await fetch(`${system.gatewayUrl}/api/users/ben`, { method: 'PATCH', headers: { 'Content-Type': 'application/json' }, body });
  const { user } = (await answer.json()) as { user: { sequence: string } };
  return Number(user.sequence);
}

test('ten lines read a user and follow the feed over TLS and HTTP/2', async () => {
  expect(linesOfReadme().split('\n').filter((line) => line !== '').length).toBeLessThanOrEqual(MOST_LINES);
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS });
  try {
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    const page = await context.newPage();
    const printed: number[] = [];
    const protocols = new Map<string, string | undefined>();
    const tools = await context.newCDPSession(page);
    await tools.send('Runtime.enable');
    await tools.send('Network.enable');
    // A bigint comes as text.
    tools.on('Runtime.consoleAPICalled', ({ args }) => printed.push(...args.map((it) => Number.parseInt(it.unserializableValue ?? String(it.value), 10))));
    tools.on('Network.responseReceived', ({ response }) => protocols.set(new URL(response.url).pathname, response.protocol));
    await page.goto(pages.origin);

    // The feed begins at some moment after the page is there.
    await vi.waitFor(
      async () => {
        await write();
        expect(printed).not.toEqual([]);
      },
      { timeout: 90_000, interval: 100 },
    );
    const last = [await write(), await write()].at(-1) ?? 0;
    await vi.waitFor(() => expect(printed.at(-1)).toBe(last), { timeout: 90_000 });
    const first = printed[0] ?? 0;
    expect(printed).toEqual(Array.from({ length: last - first + 1 }, (_, index) => first + index));
    expect(protocols.get('/users.v1.UserService/GetUser')).toBe('h2');
    expect(protocols.get('/users.v1.ChangeFeedService/Watch')).toBe('h2');
  } finally {
    await browser.close();
  }
});
