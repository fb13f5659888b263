import { expect, test } from 'vitest';
import { gatewayUrlOf } from './gateway.ts';

test('a page that came over TLS calls the port with TLS, any other the one without', () => {
  const config = { natsWsUrl: 'ws://n', gatewayUrl: 'http://g', gatewayTlsUrl: 'https://g' };
  expect(gatewayUrlOf(config, 'http:')).toBe('http://g');
  expect(gatewayUrlOf(config, 'https:')).toBe('https://g');
});
