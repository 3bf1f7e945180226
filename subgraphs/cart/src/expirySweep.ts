import { type Logger, metrics, newContext, runInContext } from '@souk/runtime';
import type { CartStore } from './app/ports.js';

const BATCH = 500;
const EVERY_MS = 10 * 60_000;

/**
 * Marks carts EXPIRED that nobody changed for their lifetime, every ten minutes, in bounded batches. Any number of
 * processes may do it at once. A cart is refused from the moment it expires, whether it was swept or not.
 */
export function startExpirySweep(o: { carts: Pick<CartStore, 'expire'>; now: () => Date; logger: Logger }): {
  close(): Promise<void>;
} {
  const expired = metrics.counter('souk_carts_expired_total', 'Carts that were marked as expired');
  let closed = false;
  let running: Promise<void> = Promise.resolve();

  async function sweep(): Promise<void> {
    for (let count = BATCH; count === BATCH && !closed; ) {
      count = await o.carts.expire(o.now(), BATCH);
      expired.inc(count);
    }
  }
  const timer = setInterval(() => {
    running = running
      .then(() => runInContext(newContext('background'), sweep))
      .catch((error: unknown) => o.logger.warn({ err: error }, 'expired carts could not be swept; trying again later'));
  }, EVERY_MS);
  timer.unref();
  return {
    async close() {
      closed = true;
      clearInterval(timer);
      await running;
    },
  };
}
