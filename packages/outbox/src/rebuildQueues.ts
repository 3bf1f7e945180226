import { setTimeout as delay } from 'node:timers/promises';
import { type Database, sql } from '@souk/postgres';
import { allQueues } from './jobs.js';
import { NOTIFY_CHANNEL, settledKey } from './names.js';
import { newRedisClient, type RedisClient } from './redisConnection.js';

export interface RebuildProgress {
  /** Events that were unsettled when it began, and how many of them still are. */
  readonly found: number;
  readonly left: number;
}

const unsettled = sql<{ id: string }>(
  'outbox.rebuild',
  `UPDATE outbox_event SET next_send_at = now() WHERE settled_at IS NULL RETURNING id`,
);
const stillUnsettled = sql<{ left: number }>(
  'outbox.rebuildLeft',
  'SELECT count(*)::int AS left FROM outbox_event WHERE id = ANY ($1) AND settled_at IS NULL',
);
const wake = sql<never>('outbox.wake', `SELECT pg_notify('${NOTIFY_CHANNEL}', '')`);

/**
 * Rebuilds the queues from the outboxes while the shop runs: every event that not all of its consumers have acknowledged becomes due now, and the
 * relays hand it over again; consumers drop what they have applied. With `empty` the queues are deleted first, parked jobs and
 * all: for when what is in Redis cannot be trusted. Nothing else in Redis is touched. Reports until everything that was found
 * is settled or `patienceMs` has passed, and answers what is left then: what is parked again, or whose consumer does not run.
 */
export async function rebuildQueues(options: {
  outboxes: readonly Database[];
  redisUrl: string;
  empty: boolean;
  patienceMs: number;
  onProgress: (progress: RebuildProgress) => void;
}): Promise<RebuildProgress> {
  if (options.empty) await emptyQueues(options.redisUrl);
  const due = await Promise.all(
    options.outboxes.map(async (outbox) => {
      const ids = (await outbox.query(unsettled)).map(({ id }) => id);
      await outbox.query(wake);
      return { outbox, ids };
    }),
  );
  const found = due.reduce((sum, { ids }) => sum + ids.length, 0);
  const deadline = performance.now() + options.patienceMs;
  for (;;) {
    const counts = await Promise.all(
      due.map(async ({ outbox, ids }) => (await outbox.query(stillUnsettled, [ids]))[0]?.left ?? 0),
    );
    const progress = { found, left: counts.reduce((sum, left) => sum + left, 0) };
    options.onProgress(progress);
    if (progress.left === 0 || performance.now() > deadline) return progress;
    await delay(500);
  }
}

/** Deletes the queues and the unread acknowledgements, in bounded steps. */
async function emptyQueues(redisUrl: string): Promise<void> {
  const client = newRedisClient(redisUrl);
  client.on('error', () => undefined);
  await client.connect();
  try {
    for (const queue of allQueues) await unlinkMatching(client, `bull:${queue}:*`);
    const producers = allQueues.map((queue) => queue.replace(/^souk-/, ''));
    await client.unlink(producers.map((producer) => settledKey(producer as Parameters<typeof settledKey>[0])));
  } finally {
    client.destroy();
  }
}

async function unlinkMatching(client: RedisClient, pattern: string): Promise<void> {
  for await (const keys of client.scanIterator({ MATCH: pattern, COUNT: 1_000 })) {
    if (keys.length > 0) await client.unlink(keys);
  }
}
