import { ConfigError } from '@souk/runtime';
import { loadGatewayConfig, SUBGRAPHS } from './config.js';

const env = {
  IDENTITY_SECRET: 'a1'.repeat(32),
  REDIS_URL: 'redis://10.0.0.9:6379',
  ...Object.fromEntries(
    SUBGRAPHS.map((name, i) => [`SUBGRAPH_URL_${name.toUpperCase()}`, `http://10.0.0.${i}:4001/graphql`]),
  ),
};

test('only the secret and the addresses of services and Redis are needed; everything else has a default', () => {
  expect(loadGatewayConfig(env)).toMatchObject({
    production: false,
    port: 4000,
    jwksUrl: 'http://10.0.0.0:4001/.well-known/jwks.json',
    corsOrigins: [],
    consoleEnabled: true,
    subgraphs: { order: { url: 'http://10.0.0.3:4001/graphql', timeoutMs: 10_000 } },
  });
});

test('the console is off in production unless it is asked for', () => {
  expect(loadGatewayConfig({ ...env, NODE_ENV: 'production' }).consoleEnabled).toBe(false);
  expect(loadGatewayConfig({ ...env, NODE_ENV: 'production', CONSOLE_ENABLED: 'true' }).consoleEnabled).toBe(true);
});

test('a service may have its own timeout', () => {
  const { subgraphs } = loadGatewayConfig({ ...env, SUBGRAPH_TIMEOUT_MS: '2000', SUBGRAPH_TIMEOUT_MS_ORDER: '9000' });
  expect([subgraphs.order.timeoutMs, subgraphs.cart.timeoutMs]).toEqual([9_000, 2_000]);
});

test('every fault is reported at once', () => {
  const load = () =>
    loadGatewayConfig({ ...env, SUBGRAPH_URL_CART: '', PORT: 'x', CORS_ORIGINS: 'https://a.example/path' });
  expect(load).toThrow(ConfigError);
  expect(load).toThrow(/SUBGRAPH_URL_CART is not set[\s\S]*/);
  expect(load).toThrow(/CORS_ORIGINS is not valid/);
  expect(load).toThrow(/PORT is not valid/);
});

test.each([
  ['2', 2],
  ['10.0.0.0/8, 192.0.2.1', ['10.0.0.0/8', '192.0.2.1']],
  ['::1', ['::1']],
])('proxies that are believed: %s', (text, expected) => {
  expect(loadGatewayConfig({ ...env, TRUST_PROXY: text }).trustProxy).toEqual(expected);
});

test.each(['true', '10', 'everybody', '10.0.0.0/8,*'])('nobody is believed blindly: %s is refused', (text) => {
  expect(() => loadGatewayConfig({ ...env, TRUST_PROXY: text })).toThrow(/TRUST_PROXY is not valid/);
});
