import { createLogger } from '@souk/runtime';
import { createTestRedis } from '@souk/testkit';
import { createRateLimiter, type RateLimiter } from './rateLimiter.js';
import { createRequestLimits } from './requestLimits.js';

const logger = createLogger('test', 'silent');
const started: RateLimiter[] = [];
let redis: Awaited<ReturnType<typeof createTestRedis>>;
let time = Date.now();
beforeAll(async () => {
  redis = await createTestRedis();
});
afterEach(async () => {
  for (const limiter of started.splice(0)) await limiter.close();
});
afterAll(() => redis.close());

const connected = async (url = redis.url): Promise<RateLimiter> => {
  const limiter = createRateLimiter({ redisUrl: url, logger, now: () => time });
  started.push(limiter);
  await new Promise((resolve) => setTimeout(resolve, 150));
  return limiter;
};
const exact = { points: 5, windowSeconds: 60, lease: 1 };
const times = async (n: number, one: () => number | Promise<number>) => Promise.all(Array.from({ length: n }, one));
const passed = (waits: number[]) => waits.filter((wait) => wait === 0).length;

test('several gateways together let exactly as many through as are allowed, however they race', async () => {
  const gateways = [await connected(), await connected(), await connected()];
  const waits = (await Promise.all(gateways.map((one) => times(20, () => one.take('a', 'victim', exact))))).flat();
  expect(passed(waits)).toBe(5);
  expect(waits.filter((wait) => wait > 0).every((wait) => wait <= 60)).toBe(true);
  expect(await gateways[0]?.take('a', 'another', exact)).toBe(0);
});

test('points that were taken along are spent without Redis, and all together are no more than allowed', async () => {
  const gateways = [await connected(), await connected()];
  const leased = { points: 50, windowSeconds: 60, lease: 10 };
  const [one] = gateways;
  expect(await one?.take('b', 's', leased)).toBe(0);
  expect(one?.take('b', 's', leased)).toBe(0); // at once: not a promise
  const waits = (await Promise.all(gateways.map((each) => times(60, () => each.take('b', 's', leased))))).flat();
  expect(passed(waits)).toBe(48);
});

test('a window ends, and the next one begins', async () => {
  const limiter = await connected();
  const brief = { points: 2, windowSeconds: 1, lease: 1 };
  expect(passed(await times(4, () => limiter.take('c', 's', brief)))).toBe(2);
  await new Promise((resolve) => setTimeout(resolve, 1_050));
  time += 1_050;
  expect(passed(await times(4, () => limiter.take('c', 's', brief)))).toBe(2);
});

test('while Redis is away each process limits by itself: neither open nor down, and at once', async () => {
  const limiter = await connected('redis://127.0.0.1:9');
  const rounds: number[] = [];
  for (const allowed of [5, 0, 0, 0, 0]) {
    const from = performance.now();
    expect(passed(await times(50, () => limiter.take('d', 's', exact)))).toBe(allowed);
    rounds.push(performance.now() - from);
  }
  expect(Math.min(...rounds)).toBeLessThan(90); // nobody waits the 100 ms that Redis has
  time += 61_000;
  expect(passed(await times(50, () => limiter.take('d', 's', exact)))).toBe(5);
});

test('logins are counted apart from reads, by address and by user; a network of IPv6 is one address', async () => {
  const limits = createRequestLimits(await connected(), 1);
  const guest = { kind: 'anonymous' } as const;
  const login = (address: string) => limits.operation(new Set(['credentials']), address, guest);
  expect(passed(await times(30, () => login('2001:db8:1:2::1')))).toBe(20);
  expect(await login('2001:db8:1:2:ffff::7')).toBeGreaterThan(0);
  expect(await login('2001:db8:1:3::1')).toBe(0);
  expect(await limits.operation(new Set(['read']), '2001:db8:1:2::1', guest)).toBe(0);
  const user = { kind: 'user', userId: 'usr_1', sessionId: 's', roles: [], scopes: [] } as const;
  const pay = (n: number) => limits.operation(new Set(['payment']), `10.0.0.${n}`, user);
  expect(passed(await Promise.all(Array.from({ length: 30 }, (_, n) => pay(n))))).toBe(20);
});
