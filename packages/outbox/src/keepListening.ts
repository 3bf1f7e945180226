import type { Database } from '@souk/postgres';
import type { Logger } from '@souk/runtime';
import { backoffMs, createBell, within } from './pacing.js';

/**
 * LISTENs as soon as the database lets it, and so does not keep a process from starting before its database. `wake` is called at each
 * NOTIFY and after each (re)connection; whoever uses it also polls.
 */
export function keepListening(
  database: Database,
  channel: string,
  wake: () => void,
  logger: Logger,
): { close(): Promise<void> } {
  const bell = createBell();
  let closed = false;
  let subscription: { close(): Promise<void> } | undefined;
  const connecting = (async () => {
    for (let attempt = 0; !closed && subscription === undefined; attempt += 1) {
      try {
        subscription = await database.listen(channel, wake);
      } catch (error) {
        if (attempt === 0) logger.warn({ err: error, channel }, 'cannot listen yet; polling');
        await bell.sleep(backoffMs(attempt, 200, 5_000));
      }
    }
  })();
  return {
    async close() {
      closed = true;
      bell.wake();
      await within(2_000, 'stopping to listen', connecting).catch(() => undefined);
      await subscription?.close().catch(() => undefined);
    },
  };
}
