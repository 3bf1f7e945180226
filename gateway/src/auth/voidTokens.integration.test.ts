import { newRedisClient } from '@souk/outbox/redis';
import { createLogger, VOID_TOKENS } from '@souk/runtime';
import { createTestRedis, eventually } from '@souk/testkit';
import { createVoidTokens } from './voidTokens.js';

const logger = createLogger('test', 'silent');
let redis: Awaited<ReturnType<typeof createTestRedis>>;
let user: ReturnType<typeof newRedisClient>;
beforeAll(async () => {
  redis = await createTestRedis();
  user = newRedisClient(redis.url);
  await user.connect();
});
afterAll(async () => {
  user.destroy();
  await redis.close();
});

const token = (sessionId: string, issuedAtMs = 1_000, userId = 'usr_1') => ({ userId, sessionId, issuedAtMs });

test('what was announced before the gateway started, and while it runs, is known', async () => {
  await user.set(VOID_TOKENS.key('ses_before'), '2000', { expiration: { type: 'EX', value: 60 } });
  const known = createVoidTokens({ redisUrl: redis.url, logger, now: () => 3_000 });
  await eventually(() => expect(known.isVoid(token('ses_before'))).toBe(true));
  expect(known.isVoid(token('ses_other'))).toBe(false);
  await user.publish(VOID_TOKENS.channel, 'ses_now 2500');
  await eventually(() => expect(known.isVoid(token('ses_now'))).toBe(true));
  await known.close();
});

test("a user's tokens from before a change are void, those from after it are not", async () => {
  const known = createVoidTokens({ redisUrl: redis.url, logger, now: () => 3_000 });
  await eventually(async () => {
    await user.publish(VOID_TOKENS.channel, 'usr_1 2500');
    expect(known.isVoid(token('ses_9', 2_500))).toBe(true);
  });
  expect(known.isVoid(token('ses_9', 2_501))).toBe(false);
  await user.publish(VOID_TOKENS.channel, 'usr_1 2400'); // an older one, told again
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(known.isVoid(token('ses_9', 2_450))).toBe(true);
  await known.close();
});

test('without Redis tokens are judged by what is known, at once', async () => {
  const known = createVoidTokens({ redisUrl: 'redis://127.0.0.1:9', logger });
  expect(known.isVoid(token('ses_1'))).toBe(false);
  await known.close();
});
