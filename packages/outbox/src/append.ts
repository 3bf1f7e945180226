import { type EventDefinition, type EventEnvelope, eventDefinition } from '@souk/events';
import { type Database, type Queryable, sql } from '@souk/postgres';
import { willHandOver } from './handOver.js';

/**
 * For so long an event that its writer hands over itself is claimed: a process that dies between its commit and Redis delays the
 * event by this, and no look at the queue is needed for one that is applied in time.
 */
const HAND_OVER_SECONDS = 5;

/**
 * SQL that writes events, given as the JSON of `outboxRows` in one parameter. It is an `INSERT … SELECT … FROM … AS event` without
 * a `WHERE`, so that a guard can follow:
 * `WITH changed AS (UPDATE … RETURNING 1), outbox AS (${OUTBOX_INSERT('$3')} WHERE EXISTS (SELECT 1 FROM changed)) SELECT …`
 */
export const OUTBOX_INSERT = (param: string): string => `INSERT INTO outbox_event
  (id, type, version, aggregate_id, sequence, occurred_at, traceparent, correlation_id, causation_id, actor, data, pending, settled_at,
   sends, next_send_at)
SELECT event.id, event.type, event.version, event.aggregate_id, event.sequence, event.occurred_at, event.traceparent,
  event.correlation_id, event.causation_id, event.actor, event.data, event.pending,
  CASE WHEN cardinality(event.pending) = 0 THEN now() END,
  CASE WHEN event.handed_over THEN 1 ELSE 0 END, CASE WHEN event.handed_over THEN now() + interval '${HAND_OVER_SECONDS} seconds' ELSE now() END
FROM jsonb_to_recordset(${param}::jsonb) AS event(id text, type text, version int, aggregate_id text, sequence int,
  occurred_at timestamptz, traceparent text, correlation_id text, causation_id text, actor text, data jsonb, pending text[],
  handed_over boolean)`;

/**
 * The one parameter of `OUTBOX_INSERT`. Whoever names `handedOverBy` calls `handOver` with the same events after the commit.
 * Throws on a type that no definition declares: nobody would ever receive it.
 */
export function outboxRows(events: readonly EventEnvelope[], handedOverBy?: Database): string {
  const handed = willHandOver(handedOverBy);
  return JSON.stringify(
    events.map((event) => {
      return {
        id: event.id,
        type: event.type,
        version: event.version,
        aggregate_id: event.aggregateId,
        sequence: event.sequence,
        occurred_at: event.occurredAt,
        traceparent: event.traceparent,
        correlation_id: event.correlationId,
        causation_id: event.causationId,
        actor: event.actor,
        data: event.data,
        pending: declared(event).consumers,
        ...(handed ? { handed_over: true } : {}),
      };
    }),
  );
}

/** The same rows for a service that writes them through Prisma (its `outboxEvent.createMany`), in the transaction of the change. */
export function outboxRecords(events: readonly EventEnvelope[]) {
  return events.map((event) => ({
    id: event.id,
    type: event.type,
    version: event.version,
    aggregateId: event.aggregateId,
    sequence: event.sequence,
    occurredAt: event.occurredAt,
    traceparent: event.traceparent,
    correlationId: event.correlationId,
    causationId: event.causationId,
    actor: event.actor,
    data: event.data as Record<string, string | string[]>,
    pending: [...declared(event).consumers],
  }));
}

function declared(event: EventEnvelope): EventDefinition {
  const definition = eventDefinition(event.type);
  if (definition === undefined) throw new Error(`${event.type} is not declared in packages/events`);
  return definition;
}

const append = sql<never>('outbox.append', OUTBOX_INSERT('$1'));

/** Writes events in one statement. Call it with the transaction of the change that they tell about; no events, no statement. */
export async function appendEvents(queryable: Queryable, events: readonly EventEnvelope[]): Promise<void> {
  if (events.length > 0) await queryable.query(append, [outboxRows(events)]);
}
