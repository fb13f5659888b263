import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { build } from 'esbuild';

// Serves a page that runs one module, on an origin of its own.
export class PageServer {
  private constructor(
    private readonly server: Server,
    readonly origin: string,
  ) {}

  // Bundles the module. Without a port it takes a free one.
  static async start(module: string, port = 0): Promise<PageServer> {
    const bundle = await build({ entryPoints: [module], bundle: true, write: false, format: 'esm', target: 'es2022' });
    const script = bundle.outputFiles[0]?.text.replaceAll('</script', '<\\/script');
    const server = createServer((_, answer) => {
      answer.setHeader('content-type', 'text/html; charset=utf-8');
      answer.end(`<!doctype html><title>page</title><script type="module">${script}</script>`);
    });
    return new PageServer(server, `http://127.0.0.1:${await listen(server, port)}`);
  }

  // A port for a page that comes later: others must know its origin before it is served.
  static async freePort(): Promise<number> {
    const server = createServer();
    const port = await listen(server, 0);
    server.close();
    return port;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

// Answers with the port.
async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
