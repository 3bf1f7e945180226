import type { EventEnvelope } from '@souk/events';
import { type Database, isDue, sql } from '@souk/postgres';

/** A claimed row: the event, and to whom it goes this time. `sends` counts this sending. */
export interface DueEvent {
  readonly event: EventEnvelope;
  readonly pending: readonly string[];
  readonly sends: number;
}

interface Row {
  id: string;
  type: string;
  version: number;
  aggregate_id: string;
  sequence: number;
  occurred_at: Date;
  traceparent: string;
  correlation_id: string;
  causation_id: string | null;
  actor: string;
  data: unknown;
  pending: string[];
  sends: number;
}

/**
 * Takes due rows and postpones them in the same statement: replicas skip each other's rows, and a relay that dies after the claim
 * costs one resend interval, never the event.
 */
const claim = sql<Row>(
  'outbox.claim',
  `WITH due AS (
     SELECT id FROM outbox_event WHERE settled_at IS NULL AND ${isDue('next_send_at')}
     ORDER BY next_send_at LIMIT $1 FOR UPDATE SKIP LOCKED)
   UPDATE outbox_event o SET sends = o.sends + 1,
     next_send_at = now() + least($2::float8 * power(2, least(o.sends, 20)), $3::float8) * (0.8 + 0.4 * random()) * interval '1 millisecond'
   FROM due WHERE o.id = due.id
   RETURNING o.id, o.type, o.version, o.aggregate_id, o.sequence, o.occurred_at, o.traceparent, o.correlation_id, o.causation_id,
     o.actor, o.data, o.pending, o.sends`,
);

/** Claims up to `limit` rows in one statement, oldest due first. */
export async function claimDue(
  database: Database,
  options: { limit: number; resendAfterMs: number; resendMaxMs: number },
): Promise<DueEvent[]> {
  const rows = await database.query(claim, [options.limit, options.resendAfterMs, options.resendMaxMs]);
  return rows
    .map((row) => ({
      event: {
        id: row.id,
        type: row.type,
        version: row.version,
        aggregateId: row.aggregate_id,
        sequence: row.sequence,
        occurredAt: row.occurred_at.toISOString(),
        traceparent: row.traceparent,
        correlationId: row.correlation_id,
        causationId: row.causation_id,
        actor: row.actor,
        data: row.data,
      },
      pending: row.pending,
      sends: row.sends,
    }))
    .sort((a, b) => (a.event.id < b.event.id ? -1 : 1));
}

const reclaimRecent = sql<never>(
  'outbox.reclaim',
  `UPDATE outbox_event SET next_send_at = now()
   WHERE settled_at IS NULL AND occurred_at < $2::timestamptz
     AND next_send_at > now() AND next_send_at < now() + $1::float8 * interval '1 millisecond'`,
);

/**
 * Makes due what occurred before `startedAt` and was claimed within the last `withinMs`: the process that claimed it, or that had its
 * acknowledgements, may have died. What another replica is handing over at this moment is looked at once more and not sent
 * twice, since its job has the event's id.
 */
export async function reclaim(database: Database, withinMs: number, startedAt: Date): Promise<void> {
  await database.query(reclaimRecent, [withinMs, startedAt]);
}

const release = sql<never>(
  'outbox.release',
  `UPDATE outbox_event SET next_send_at = now() + $2::float8 * interval '1 millisecond'
   WHERE id = ANY($1) AND settled_at IS NULL`,
);

/** Makes claimed rows due again soon, because they could not be handed to Redis. */
export async function releaseClaim(database: Database, due: readonly DueEvent[], delayMs: number): Promise<void> {
  await database.query(release, [due.map(({ event }) => event.id), delayMs]);
}
