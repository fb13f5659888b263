import vue from '@vitejs/plugin-vue';
import { type Connect, defaultClientConditions, defineConfig, type Plugin } from 'vite';

const { env } = process;

/** The gateway serves the same for a built page. `./usersync env` sets the variables if ports have moved. */
function config(): Plugin {
  const addresses = {
    natsWsUrl: env['USERSYNC_NATS_WS_URL'] ?? 'ws://127.0.0.1:9222',
    gatewayUrl: env['USERSYNC_GATEWAY_URL'] ?? 'http://127.0.0.1:8080',
    gatewayTlsUrl: env['USERSYNC_GATEWAY_TLS_URL'] ?? 'https://127.0.0.1:8443',
  };
  const serve = ({ middlewares }: { middlewares: Connect.Server }) => {
    middlewares.use('/config.json', (_, response) => {
      response.setHeader('Content-Type', 'application/json').setHeader('Cache-Control', 'no-store').end(JSON.stringify(addresses));
    });
  };
  return { name: 'usersync-config', configureServer: serve, configurePreviewServer: serve };
}

/** What `pnpm run dev` and `./usersync up` both listen on; NATS takes the page from no other port. */
const listen = { host: '127.0.0.1', port: Number(env['USERSYNC_WEB_PORT'] ?? 3000), strictPort: true };

export default defineConfig({
  plugins: [vue(), config()],
  // The package is taken from its sources.
  resolve: { conditions: ['usersync-source', ...defaultClientConditions] },
  server: listen,
  preview: listen,
  build: { target: 'es2022' },
});
