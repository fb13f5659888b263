import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const built = fileURLToPath(new URL('../../../web/dist', import.meta.url));
const types: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html', '.svg': 'image/svg+xml' };

/** Serves the built page. */
export function serve(port: number, config: () => object): Server {
  return createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    if (path === '/config.json') {
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify(config()));
      return;
    }
    try {
      const file = path === '/' ? '/index.html' : path;
      response.setHeader('Content-Type', types[extname(file)] ?? 'application/octet-stream').end(readFileSync(join(built, file)));
    } catch {
      response.writeHead(404).end();
    }
  }).listen(port, '127.0.0.1');
}
