import { setTimeout as delay } from 'node:timers/promises';
import { type Deliveries, openDeliveries } from '@souk/outbox';
import { createLogger } from '@souk/runtime';
import type { Invariant } from '../invariant.js';

const AT_MOST = 1_000;

/** Parked is visible to staff and waits for them; until then its effect is missing. */
export const noParkedDeliveries: Invariant = {
  name: 'no-parked-deliveries',
  why: 'no delivery of an event failed so often that it was parked',
  async *check(snapshot, seen) {
    const { redis } = snapshot.stores;
    if (redis === undefined) {
      snapshot.note('REDIS_URL is not set: queues were not looked at');
      return;
    }
    const deliveries = openDeliveries({ redisUrl: redis, logger: createLogger('audit', 'silent') });
    try {
      const parked = await listParked(deliveries);
      seen(parked.length);
      for (const { id, type, failedReason } of parked)
        yield { key: id, detail: `${type}: ${failedReason ?? 'no reason'}` };
    } finally {
      await deliveries.close();
    }
  },
};

/** The queues are read over a connection that is still being made when they are opened. */
async function listParked(deliveries: Deliveries) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await deliveries.list({ state: 'FAILED', first: AT_MOST });
    } catch (error) {
      if (attempt === 50) throw error;
      await delay(100);
    }
  }
}
