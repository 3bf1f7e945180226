import { type Database, sql } from '@souk/postgres';
import { countStatement, type Logger, metrics, newContext, runInContext, type ServiceName } from '@souk/runtime';
import { LAG_KEY } from './names.js';
import type { RedisClient } from './redisConnection.js';

/** What a producer's outbox still has to deliver. */
export interface Lag {
  readonly pending: number;
  readonly oldestSeconds: number;
}

const lag = sql<{ pending: number; oldest: number }>(
  'outbox.lag',
  `SELECT count(*)::int AS pending, coalesce(extract(epoch FROM now() - min(occurred_at)), 0)::float8 AS oldest
   FROM outbox_event WHERE settled_at IS NULL`,
);

const purge = sql<{ purged: number }>(
  'outbox.purge',
  `WITH gone AS (
     DELETE FROM outbox_event WHERE id IN (
       SELECT id FROM outbox_event WHERE settled_at < now() - $1 * interval '1 day' ORDER BY settled_at LIMIT $2 FOR UPDATE SKIP LOCKED)
     RETURNING 1)
   SELECT count(*)::int AS purged FROM gone`,
);

const pendingGauge = metrics.gauge('souk_outbox_pending', 'Events that not every consumer has acknowledged', [
  'producer',
]);
const oldestGauge = metrics.gauge('souk_outbox_oldest_seconds', 'Age of the oldest unsettled event', ['producer']);

/** Reads the backlog in one statement. */
export async function readLag(database: Database): Promise<Lag> {
  const [row] = await database.query(lag);
  return { pending: row?.pending ?? 0, oldestSeconds: Math.max(0, row?.oldest ?? 0) };
}

/** Deletes one bounded batch of rows that were settled more than `days` ago and answers how many. */
export async function purgeSettled(database: Database, days: number, batchSize: number): Promise<number> {
  const [row] = await database.query(purge, [days, batchSize]);
  return row?.purged ?? 0;
}

/** Runs `work` in a background context every `everyMs` (±20 %), first after `firstMs`; failures are logged, rounds never overlap. */
export function every(
  everyMs: number,
  firstMs: number,
  what: string,
  logger: Logger,
  work: () => Promise<void>,
): { close(): Promise<void> } {
  let closed = false;
  let running: Promise<void> = Promise.resolve();
  let timer = setTimeout(round, firstMs);
  timer.unref();
  function round(): void {
    running = runInContext(newContext('background'), work)
      .catch((error: unknown) => {
        if (!closed) logger.warn({ err: error, what }, 'a background round failed');
      })
      .then(() => {
        if (closed) return;
        timer = setTimeout(round, everyMs * (0.8 + 0.4 * Math.random()));
        timer.unref();
      });
  }
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await running;
    },
  };
}

/** Measures the backlog, for the metrics of this process and for the staff's view in Redis. */
export async function reportLag(
  database: Database,
  service: ServiceName,
  client: RedisClient | undefined,
): Promise<void> {
  const { pending, oldestSeconds } = await readLag(database);
  pendingGauge.set({ producer: service }, pending);
  oldestGauge.set({ producer: service }, oldestSeconds);
  if (client === undefined) return;
  countStatement('redis');
  await client.hSet(LAG_KEY, service, JSON.stringify({ pending, oldestSeconds, at: new Date().toISOString() }));
}

/** Deletes in batches until nothing old is left, at most `rounds` of them. */
export async function purgeInBatches(
  purgeBatch: (size: number) => Promise<number>,
  rounds = 50,
  size = 1_000,
): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    if ((await purgeBatch(size)) < size) return;
  }
}
