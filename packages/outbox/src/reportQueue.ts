import { countStatement, metrics, type ServiceName } from '@souk/runtime';
import { queueName } from './names.js';
import type { RedisClient } from './redisConnection.js';

const parked = metrics.gauge('souk_deliveries_parked', 'Deliveries that were given up until staff retry them', [
  'consumer',
]);
const waiting = metrics.gauge(
  'souk_deliveries_waiting',
  'Jobs, of one or several deliveries, that no worker has taken yet',
  ['consumer'],
);

/** Measures a consumer's queue: three counts, in one round trip. */
export async function reportQueue(consumer: ServiceName, client: RedisClient | undefined): Promise<void> {
  if (client === undefined) return;
  const key = (list: string) => `bull:${queueName(consumer)}:${list}`;
  countStatement('redis');
  const [failed, ready, delayed] = await Promise.all([
    client.zCard(key('failed')),
    client.lLen(key('wait')),
    client.zCard(key('delayed')),
  ]);
  parked.set({ consumer }, failed);
  waiting.set({ consumer }, ready + delayed);
}
