import { keepConnected, within } from '@souk/outbox/redis';
import { type Database, sql } from '@souk/postgres';
import { type Logger, VOID_TOKENS } from '@souk/runtime';

/** Ids of sessions that were ended, and of accounts whose rights have changed or that were deleted, since $1. */
const changes = sql<{ id: string; at: Date }>(
  'voidTokens.changes',
  `SELECT id, revoked_at AS at FROM session WHERE revoked_at > $1
   UNION ALL SELECT id, auth_changed_at FROM account WHERE auth_changed_at > $1
   UNION ALL SELECT account_id, requested_at FROM account_erasure WHERE requested_at > $1`,
);

/** Changes are looked for so far behind the last look: a transaction becomes visible later than its time. */
const OVERLAP_MS = 10_000;
const REDIS_TIMEOUT_MS = 500;

export interface TokenVoider {
  /** Tells the gateways what has changed since the last time. Rejects while Redis is away; the next call tells it then. */
  announce(now: Date): Promise<void>;
  close(): Promise<void>;
}

/**
 * Announces ended sessions and changed rights to the gateways, so that an access token from before is void on the next request. What is in
 * the database is the record: after an outage of Redis, or of this process, everything of an access token's lifetime is told again.
 */
export function createTokenVoider(o: {
  database: Database;
  redisUrl: string;
  lifetimeSeconds: number;
  logger: Logger;
}): TokenVoider {
  const lifetimeMs = (o.lifetimeSeconds + 10) * 1_000;
  let toldUntil: number | undefined;
  const redis = keepConnected({
    url: o.redisUrl,
    name: 'void tokens',
    logger: o.logger,
    onLost: () => {
      toldUntil = undefined; // Redis may come back empty: tell everything that still matters
    },
  });

  return {
    async announce(now) {
      const since = toldUntil === undefined ? now.getTime() - lifetimeMs : toldUntil - OVERLAP_MS;
      const rows = await o.database.query(changes, [new Date(since)]);
      if (rows.length > 0) {
        const client = await redis.ready(REDIS_TIMEOUT_MS);
        const sending = rows.flatMap(({ id, at }) => {
          const leftMs = at.getTime() + lifetimeMs - now.getTime();
          const text = String(at.getTime());
          return leftMs <= 0
            ? []
            : [
                client.set(VOID_TOKENS.key(id), text, { expiration: { type: 'PX', value: leftMs } }),
                client.publish(VOID_TOKENS.channel, `${id} ${text}`),
              ];
        });
        await within(REDIS_TIMEOUT_MS, 'announcing to Redis', Promise.all(sending)).catch((error: unknown) => {
          redis.renew();
          throw error;
        });
      }
      toldUntil = now.getTime();
    },
    close: () => redis.close(),
  };
}
