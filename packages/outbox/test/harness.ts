import { eventsConsumedBy } from '@souk/events';
import { type Database, sql } from '@souk/postgres';
import type { ServiceName } from '@souk/runtime';
import { createTestDatabase, type TestDatabase } from '@souk/testkit';
import { createNodeRedisClient, Queue } from 'bullmq';
import { createClient } from 'redis';
import { type EventHandlers, once, type RelayTuning, startConsumers, startRelay } from '../src/index.js';
import { APPLIED_TABLE, insertApplied, logger, open } from './shop.js';
import { startTestRedis, type TestRedis } from './stores.js';

const createApplied = sql<never>('test.createApplied', APPLIED_TABLE);
const clearOutbox = sql<never>('test.clearOutbox', 'TRUNCATE outbox_event');
const clearInbox = sql<never>('test.clearInbox', 'TRUNCATE processed_event, applied');

type Handle = (event: { id: string; aggregateId: string; sequence: number }) => Promise<void>;

/** A handler for each event that is addressed to the service, all of them the same. */
export const handlersOf = (service: ServiceName, handle: Handle): EventHandlers =>
  Object.fromEntries(eventsConsumedBy(service).map(({ type }) => [type, handle]));

/** No resends unless a test is about them: on a busy machine they would come before the first delivery is done. */
const quick = { resendAfterMs: 60_000, pollMs: 100, gatherMs: 20, delivery: { attempts: 3, firstRetryMs: 50 } };

/** A producer (order) and a consumer (payment) with a database each and one Redis; what a test starts is closed after it. */
export function outboxHarness() {
  const databases: TestDatabase[] = [];
  let redis: TestRedis;
  const state = {} as { producer: Database; consumer: Database; producerUrl: string; consumerUrl: string };
  const started: { close(): Promise<unknown> }[] = [];
  const later = <T extends { close(): Promise<unknown> }>(thing: T): T => {
    started.push(thing);
    return thing;
  };

  beforeAll(async () => {
    redis = await startTestRedis();
    databases.push(await createTestDatabase('order'), await createTestDatabase('payment'));
    [state.producerUrl, state.consumerUrl] = databases.map((database) => database.url) as [string, string];
    state.producer = open(state.producerUrl);
    state.consumer = open(state.consumerUrl);
    await state.consumer.query(createApplied);
  });
  afterAll(async () => {
    await redis.kill();
    await state.producer.close();
    await state.consumer.close();
    for (const database of databases) await database.close();
  });
  beforeEach(async () => {
    await redis.command((client) => client.flushAll());
    await state.producer.query(clearOutbox);
    await state.consumer.query(clearInbox);
  });
  afterEach(async () => {
    for (const thing of started.splice(0).reverse()) await thing.close();
  });

  const applyOnce: Handle = async (event) => {
    await once(state.consumer, event, 'payment', async (tx) => {
      await tx.query(insertApplied, [event.id]);
    });
  };
  return {
    at: state,
    redis: () => redis,
    later,
    applyOnce,
    relay: async (tuning: Partial<RelayTuning> = {}) =>
      later(
        await startRelay({
          service: 'order',
          database: state.producer,
          redisUrl: redis.url,
          logger,
          tuning: { ...quick, ...tuning },
        }),
      ),
    consume: async (handle: Handle = applyOnce) =>
      later(
        await startConsumers({
          service: 'payment',
          database: state.consumer,
          redisUrl: redis.url,
          logger,
          handlers: handlersOf('payment', handle),
        }),
      ),
    /** payment's queue, to look at. */
    queue() {
      const client = createClient({ url: redis.url });
      client.on('error', () => undefined);
      const queue = new Queue('souk-payment', { connection: createNodeRedisClient(client) });
      later({
        async close() {
          await queue.close();
          client.destroy();
        },
      });
      return queue;
    },
  };
}
