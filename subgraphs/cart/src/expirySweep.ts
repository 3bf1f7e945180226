import { type Logger, metrics, type Repeating, startRepeating } from '@souk/runtime';
import type { CartStore } from './app/ports.js';

const BATCH = 500;
const EVERY_MS = 10 * 60_000;

/**
 * Marks carts EXPIRED that nobody changed for their lifetime, every ten minutes, in bounded batches. Any number of
 * processes may do it at once. A cart is refused from the moment it expires, whether it was swept or not.
 */
export function startExpirySweep(o: { carts: Pick<CartStore, 'expire'>; now: () => Date; logger: Logger }): Repeating {
  const expired = metrics.counter('souk_carts_expired_total', 'Carts that were marked as expired');
  return startRepeating({
    name: 'expire carts',
    everyMs: EVERY_MS,
    logger: o.logger,
    work: async () => {
      const count = await o.carts.expire(o.now(), BATCH);
      expired.inc(count);
      return count === BATCH;
    },
  });
}
