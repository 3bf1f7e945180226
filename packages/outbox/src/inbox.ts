import type { EventEnvelope } from '@souk/events';
import { type Database, sql, type Transaction } from '@souk/postgres';

/**
 * The CTE `inbox`: it has one row when this consumer has not applied the event yet, none when it has. Both parameters are
 * placeholders. A second delivery waits for the first one's transaction, then finds its row.
 * `WITH ${INBOX_CLAIM('$1', '$2')}, effect AS (UPDATE … WHERE EXISTS (SELECT 1 FROM inbox) RETURNING 1) SELECT …`
 */
export const INBOX_CLAIM = (eventId: string, consumer: string): string =>
  `inbox AS (INSERT INTO processed_event (event_id, consumer) VALUES (${eventId}, ${consumer}) ON CONFLICT DO NOTHING RETURNING 1)`;

/**
 * The same for the events of an earlier CTE, by its column `event_id`, which `inbox` has too: those that were not applied yet. Claimed in
 * one order, so that two who have the same events never wait for each other in a circle.
 */
export const INBOX_CLAIMS = (from: string, consumer: string): string =>
  `inbox AS (INSERT INTO processed_event (event_id, consumer) SELECT event_id, ${consumer} FROM ${from} ORDER BY event_id
     ON CONFLICT DO NOTHING RETURNING event_id)`;

const claim = sql<{ claimed: number }>(
  'outbox.inbox',
  `WITH ${INBOX_CLAIM('$1', '$2')} SELECT 1 AS claimed FROM inbox`,
);

/**
 * Applies an event exactly once: the inbox row and `work` are one transaction. Answers false, without having called `work`, when
 * the event was applied before. Costs BEGIN, the claim, the work's statements and COMMIT; a single statement with `INBOX_CLAIM`
 * costs one.
 */
export function once(
  database: Database,
  event: Pick<EventEnvelope, 'id'>,
  consumer: string,
  work: (tx: Transaction) => Promise<void>,
): Promise<boolean> {
  return database.transaction(async (tx) => {
    if ((await tx.query(claim, [event.id, consumer])).length === 0) return false;
    await work(tx);
    return true;
  });
}

/** Notes that a consumer has applied an event whose effect is not in its own database, once that is there. */
export async function noteApplied(
  database: Database,
  event: Pick<EventEnvelope, 'id'>,
  consumer: string,
): Promise<void> {
  await database.query(claim, [event.id, consumer]);
}

/** Inbox rows are kept far longer than an event can stay unsettled after it was applied (it is sent again within the hour). */
export const INBOX_RETENTION_DAYS = 30;

const purge = sql<{ purged: number }>(
  'outbox.purgeInbox',
  `WITH gone AS (
     DELETE FROM processed_event WHERE (event_id, consumer) IN (
       SELECT event_id, consumer FROM processed_event WHERE processed_at < now() - $1 * interval '1 day' ORDER BY processed_at LIMIT $2
       FOR UPDATE SKIP LOCKED)
     RETURNING 1)
   SELECT count(*)::int AS purged FROM gone`,
);

/** Deletes one bounded batch of old inbox rows and answers how many. */
export async function purgeInbox(database: Database, batchSize: number): Promise<number> {
  const [row] = await database.query(purge, [INBOX_RETENTION_DAYS, batchSize]);
  return row?.purged ?? 0;
}
