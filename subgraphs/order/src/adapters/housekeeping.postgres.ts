import { type Database, sql } from '@souk/postgres';

/** A refusal is the answer of its key for so long; a carrier repeats a message for days at most. */
const KEEP_REFUSALS_DAYS = 30;
const KEEP_CARRIER_EVENTS_DAYS = 90;

const purge = sql<{ purged: number }>(
  'order.purge',
  `WITH refusals AS (
     DELETE FROM placement WHERE (scope, key) IN (
       SELECT scope, key FROM placement WHERE step IN ('REFUSED', 'ABANDONED') AND updated_at < now() - interval '${KEEP_REFUSALS_DAYS} days'
       LIMIT $1 FOR UPDATE SKIP LOCKED) RETURNING 1),
   messages AS (
     DELETE FROM carrier_event WHERE (carrier, event_id) IN (
       SELECT carrier, event_id FROM carrier_event WHERE settled_at < now() - interval '${KEEP_CARRIER_EVENTS_DAYS} days'
       LIMIT $1 FOR UPDATE SKIP LOCKED) RETURNING 1)
   SELECT ((SELECT count(*) FROM refusals) + (SELECT count(*) FROM messages))::int AS purged`,
);

/**
 * Deletes one bounded batch of what nobody asks for any more, and answers how much that was. Placements that became orders stay: their
 * key gives the same order for ever.
 */
export const purgeOldWork =
  (database: Database) =>
  async (limit: number): Promise<number> =>
    (await database.query(purge, [limit]))[0]?.purged ?? 0;
