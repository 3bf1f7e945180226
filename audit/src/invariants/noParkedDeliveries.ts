import { openDeliveries } from '@souk/outbox';
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
      const parked = await deliveries.list({ state: 'FAILED', first: AT_MOST });
      seen(parked.length);
      for (const { id, type, failedReason } of parked)
        yield { key: id, detail: `${type}: ${failedReason ?? 'no reason'}` };
    } finally {
      await deliveries.close();
    }
  },
};
