// The packed package in an empty Vite application, in Chromium, with the lines of README.md.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import manifest from './package.json' with { type: 'json' };
import { Browser } from './testing/browser.ts';
import { eventually } from './testing/eventually.ts';
import { RunningSystem } from './testing/running_system.ts';
import { newUser } from './user.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const browserArguments = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const mostLines = 15;

const { rxdb, rxjs, typescript } = manifest.devDependencies;
const application = {
  name: 'empty',
  private: true,
  type: 'module',
  dependencies: { rxdb, rxjs },
  devDependencies: { typescript, vite: manifest.devDependencies.vite },
};
const compilerOptions = { target: 'ES2022', module: 'ESNext', moduleResolution: 'bundler', lib: ['ES2022', 'DOM'], strict: true, noEmit: true, skipLibCheck: true, types: [] };

let folder: string;
let system: RunningSystem;
let port: number;

function run(directory: string, program: string, ...words: string[]): string {
  return execFileSync(program, words, { cwd: directory, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** From a real port: Chromium lets a page reach this machine only if it came from there. */
function serve(directory: string): Server {
  const types: Record<string, string> = { '.js': 'text/javascript', '.html': 'text/html' };
  return createServer((request, response) => {
    const path = request.url === '/' ? '/index.html' : (request.url ?? '');
    try {
      response.setHeader('Content-Type', types[extname(path)] ?? 'text/plain').end(readFileSync(join(directory, path)));
    } catch {
      response.writeHead(404).end();
    }
  }).listen(port, '127.0.0.1');
}

function linesOfReadme(): string {
  const [, lines = ''] = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(here, 'README.md'), 'utf8')) ?? [];
  return lines;
}

beforeAll(async () => {
  port = await freePort();
  // NATS takes only pages from there.
  system = await RunningSystem.start({ USERSYNC_WEB_PORT: String(port) });
  folder = mkdtempSync(join(tmpdir(), 'usersync-application-'));
  run(here, 'npm', 'pack', '--pack-destination', folder);
  mkdirSync(join(folder, 'app'));
  const write = (name: string, text: string): void => writeFileSync(join(folder, 'app', name), text);
  write('package.json', JSON.stringify(application));
  write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['main.ts'] }));
  write('index.html', '<!doctype html><body></body><script type="module" src="/main.ts"></script>');
  write('main.ts', linesOfReadme().replace('ws://127.0.0.1:9222', system.natsWsUrl));
  const packed = join(folder, `usersync-sync-${manifest.version}.tgz`);
  run(join(folder, 'app'), 'npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', packed);
});

afterAll(async () => {
  await system?.stop();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

test('it needs fifteen lines, installs, compiles, is built, and syncs', async () => {
  expect(linesOfReadme().split('\n').filter((line) => line !== '').length).toBeLessThanOrEqual(mostLines);
  const app = join(folder, 'app');
  run(app, 'npx', 'tsc');
  run(app, 'npx', 'vite', 'build', '--target', 'es2022');

  const site = serve(join(app, 'dist'));
  const other = await Browser.open();
  other.replicate({ nats: system.natsWsUrl });
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: browserArguments });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${port}`);
    const emails = async (): Promise<string[]> => (await other.users.find().exec()).map(({ email }) => email);
    await eventually(async () => expect(await emails()).toContain('first@example.com'));
    await other.users.insert(newUser({ email: 'second@example.com', status: 'active' }));
    await eventually(async () => expect(await page.textContent('body')).toContain('second@example.com'));
  } finally {
    await browser.close();
    await other.close();
    site.close();
  }
});
