import { ConfigError } from '@souk/runtime';
import { environmentOf, startAll } from './startAll.js';

const subgraphs = ['user', 'product', 'cart', 'order', 'payment', 'notification'] as const;

test('the gateway listens where it is told; every other service on loopback, at a port of its own', () => {
  const env = { HOST: '0.0.0.0', PORT: '80', PORT_CART: '9003', REDIS_URL: 'redis://store' };
  expect(environmentOf('gateway', env)).toMatchObject({ HOST: '0.0.0.0', PORT: '80', REDIS_URL: 'redis://store' });
  expect(environmentOf('cart', env)).toMatchObject({ HOST: '127.0.0.1', PORT: '9003', REDIS_URL: 'redis://store' });
  const ports = [...subgraphs, 'worker' as const].map((name) => environmentOf(name, env).PORT);
  expect(new Set(ports).size).toBe(7);
});

test('every service is told where the others are: here, whatever the environment says', () => {
  const env = { PORT_CART: '9003', SUBGRAPH_URL_CART: 'http://elsewhere:4003/graphql' };
  for (const name of [...subgraphs, 'worker', 'gateway'] as const) {
    const own = environmentOf(name, env);
    expect(own.SUBGRAPH_URL_CART).toBe('http://127.0.0.1:9003/graphql');
    for (const other of subgraphs)
      expect(own[`SUBGRAPH_URL_${other.toUpperCase()}`]).toBe(
        `http://127.0.0.1:${environmentOf(other, env).PORT}/graphql`,
      );
  }
});

test('the faults of all configurations are told at once, each once, and nothing is started', async () => {
  const closers: string[] = [];
  const start = startAll({ LOG_LEVEL: 'silent' }, { onShutdown: (name) => closers.push(name) });
  const error = await start.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ConfigError);
  const { faults } = error as ConfigError;
  for (const variable of [
    'DATABASE_URL_USER',
    'DATABASE_URL_PAYMENT',
    'MONGODB_URL',
    'SENDGRID_API_KEY',
    'REDIS_URL',
  ]) {
    expect(faults.filter((fault) => fault.startsWith(`${variable} `)).length).toBeGreaterThan(0);
  }
  expect(new Set(faults).size).toBe(faults.length);
  expect(closers).toEqual([]);
});
