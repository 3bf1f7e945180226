import { connect, createServer, type Server, type Socket } from 'node:net';
import { createLogger } from '@souk/runtime';
import { createTestRedis, eventually } from '@souk/testkit';
import { keepConnected, type RedisClient, type RedisConnection } from './redisConnection.js';

const logger = createLogger('test', 'silent');
const open: RedisConnection[] = [];
let redis: Awaited<ReturnType<typeof createTestRedis>>;
let proxy: Server;
let url: string;
/** Connections through the proxy, so that a test can cut them. */
const sockets = new Set<Socket>();
let isDown = false;

beforeAll(async () => {
  redis = await createTestRedis();
  const { hostname, port } = new URL(redis.url);
  proxy = createServer((client) => {
    if (isDown) return client.destroy();
    const server = connect(Number(port), hostname);
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  url = redis.url.replace(`${hostname}:${port}`, `127.0.0.1:${(proxy.address() as { port: number }).port}`);
});
afterEach(async () => {
  isDown = false;
  for (const connection of open.splice(0)) await connection.close();
});
afterAll(async () => {
  proxy.close();
  for (const socket of sockets) socket.destroy();
  await redis.close();
});

const cut = () => {
  for (const socket of sockets) socket.destroy();
};
function kept(o: Partial<Parameters<typeof keepConnected>[0]> = {}): RedisConnection {
  const connection = keepConnected({ url, name: 'test', logger, maxBackoffMs: 100, ...o });
  open.push(connection);
  return connection;
}

test('a lost connection is made anew, and what hangs on it is told of both', async () => {
  const told: string[] = [];
  const connection = kept({ onReady: () => void told.push('ready'), onLost: () => void told.push('lost') });
  await (await connection.ready(2_000)).ping();
  cut();
  await eventually(() => expect(told).toEqual(['ready', 'lost', 'ready']));
  expect(await connection.current()?.ping()).toBe('PONG');
});

test('while Redis is away there is no client, at once; who waits gets it as soon as it is back, or a refusal in time', async () => {
  isDown = true;
  const connection = kept();
  expect(connection.current()).toBeUndefined();
  const from = performance.now();
  await expect(connection.ready(150)).rejects.toThrow(/connecting to redis took longer than 150 ms/);
  expect(performance.now() - from).toBeLessThan(1_000);
  const waiting = [connection.ready(5_000), connection.ready(5_000)];
  isDown = false;
  const [one, other] = (await Promise.all(waiting)) as [RedisClient, RedisClient];
  expect(one).toBe(other);
  expect(await one.ping()).toBe('PONG');
});

test('a connection whose preparation fails is given up, and the next one prepared', async () => {
  let tries = 0;
  const connection = kept({
    onReady: async () => {
      tries += 1;
      if (tries < 3) throw new Error('not yet');
    },
  });
  await eventually(() => expect(tries).toBe(3));
  expect(await connection.current()?.ping()).toBe('PONG');
});

test('a connection that was given up, or closed, is not used again', async () => {
  const connection = kept();
  const before = await connection.ready(2_000);
  connection.renew();
  await eventually(() => expect(connection.current()).not.toBe(before));
  const after = await connection.ready(2_000);
  await connection.close();
  expect(connection.current()).toBeUndefined();
  expect([before.isOpen, after.isOpen]).toEqual([false, false]);
});
