import type { Logger } from '@souk/runtime';
import { createClient } from 'redis';
import { backoffMs, createBell, within } from './pacing.js';

export { within } from './pacing.js';

/** A fresh client per connection; it fails its commands at once while Redis is away. */
export const newRedisClient = (url: string) =>
  createClient({
    url,
    disableOfflineQueue: true,
    socket: { reconnectStrategy: false, connectTimeout: 3_000, keepAlive: true, keepAliveInitialDelay: 5_000 },
  });
export type RedisClient = ReturnType<typeof newRedisClient>;

export interface RedisConnection {
  /** The live client, or undefined while Redis cannot be reached. */
  current(): RedisClient | undefined;
  /** The live client; while there is none it is waited for, `ms` at most. Rejects then. */
  ready(ms: number): Promise<RedisClient>;
  /** Gives the connection up and makes a new one, e.g. after a command that hangs. */
  renew(): void;
  close(): Promise<void>;
}

/**
 * Keeps one connection to Redis: a new client after each loss, with backoff up to `maxBackoffMs`. What hangs on a connection (prepared
 * scripts, queues, subscriptions) is made in `onReady` and dies with it, so that a Redis that came back empty is no special case.
 * When `onReady` fails the connection is given up, and made anew.
 */
export function keepConnected(options: {
  url: string;
  name: string;
  logger: Logger;
  /** 5 s unless given. */
  maxBackoffMs?: number;
  onReady?: (client: RedisClient) => void | Promise<void>;
  onLost?: () => void;
}): RedisConnection {
  const { name, logger } = options;
  const bell = createBell();
  const waiting = new Set<(client: RedisClient) => void>();
  let closed = false;
  let client: RedisClient | undefined;
  let lose: (() => void) | undefined;

  const session = async (): Promise<void> => {
    const fresh = newRedisClient(options.url);
    const lost = new Promise<void>((resolve) => {
      lose = resolve;
      fresh.on('error', () => resolve());
      fresh.on('end', () => resolve());
    });
    try {
      await fresh.connect();
      if (closed) return;
      client = fresh;
      logger.debug({ connection: name }, 'redis is reachable');
      for (const resolve of waiting) resolve(fresh);
      waiting.clear();
      await Promise.race([options.onReady?.(fresh), lost]);
      await lost;
    } finally {
      const wasReady = client === fresh;
      client = undefined;
      if (wasReady) options.onLost?.();
      if (fresh.isOpen) fresh.destroy();
    }
  };

  const running = (async () => {
    for (let attempt = 0; !closed; attempt += 1) {
      const startedAt = Date.now();
      let reason = 'connection lost';
      try {
        await session();
      } catch (error) {
        reason = error instanceof Error ? error.message || error.name : 'unknown';
      }
      if (closed) break;
      if (Date.now() - startedAt > 10_000) attempt = 0;
      if (attempt === 0) logger.warn({ connection: name, reason }, 'redis is not reachable; trying again');
      await bell.sleep(backoffMs(attempt, 50, options.maxBackoffMs ?? 5_000));
    }
  })();

  const current = (): RedisClient | undefined => (client?.isReady ? client : undefined);
  return {
    current,
    async ready(ms) {
      const live = current();
      if (live) return live;
      let wait: (client: RedisClient) => void = () => undefined;
      const coming = new Promise<RedisClient>((resolve) => {
        wait = resolve;
        waiting.add(wait);
      });
      return within(ms, 'connecting to redis', coming).finally(() => waiting.delete(wait));
    },
    renew: () => lose?.(),
    async close() {
      closed = true;
      lose?.();
      bell.wake();
      await within(4_000, 'closing the redis connection', running).catch(() => undefined);
    },
  };
}
