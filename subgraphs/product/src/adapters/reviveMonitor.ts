import type { EventEmitter } from 'node:events';
import { type Logger, pause } from '@souk/runtime';

/** What of a MongoClient this needs. */
interface Client extends Pick<EventEmitter, 'on' | 'off'> {
  close(force: boolean): Promise<void>;
  connect(): Promise<unknown>;
}

/** Within this an answer, a refusal or a timeout of the driver's own has come: connecting and waiting for a change take 5 s each at most. */
const STUCK_AFTER_MS = 12_000;
const LOOK_EVERY_MS = 2_000;

/** To be given to the client, so that every heartbeat of the driver ends within `STUCK_AFTER_MS`. */
export const MONITORING = { connectTimeoutMS: 5_000, heartbeatFrequencyMS: 5_000 } as const;

/**
 * Watches the driver watching the server. A connection that is reset the moment it is made (by a proxy whose server is away, as while a store
 * is replaced) can leave a heartbeat of the driver (7.9) without an end: it writes to the dead socket and waits for it to drain. From then on it
 * never looks again, and every operation fails until the process ends. Such a client is closed and connected anew, until that succeeds.
 */
export function reviveMonitor(client: Client, logger: Logger): { close(): void } {
  const under = new Map<string, number>();
  const begun = ({ connectionId }: { connectionId: string }) => void under.set(connectionId, performance.now());
  const ended = ({ connectionId }: { connectionId: string }) => void under.delete(connectionId);
  client.on('serverHeartbeatStarted', begun);
  client.on('serverHeartbeatSucceeded', ended);
  client.on('serverHeartbeatFailed', ended);
  let isClosed = false;
  let isReviving = false;
  const revive = async (): Promise<void> => {
    logger.warn('the MongoDB driver has stopped looking at its server; connecting anew');
    await client.close(true);
    under.clear();
    while (!isClosed) {
      try {
        await client.connect();
        return;
      } catch (error) {
        logger.warn({ err: error }, 'MongoDB cannot be reached; trying again');
        await pause(LOOK_EVERY_MS);
      }
    }
  };
  const timer = setInterval(() => {
    const now = performance.now();
    if (isReviving || ![...under.values()].some((since) => now - since > STUCK_AFTER_MS)) return;
    isReviving = true;
    revive()
      .catch((error: unknown) => logger.error({ err: error }, 'a stuck MongoDB client could not be closed'))
      .finally(() => {
        isReviving = false;
      });
  }, LOOK_EVERY_MS);
  timer.unref();
  return {
    close() {
      isClosed = true;
      clearInterval(timer);
      client.off('serverHeartbeatStarted', begun);
      client.off('serverHeartbeatSucceeded', ended);
      client.off('serverHeartbeatFailed', ended);
    },
  };
}
