import { auditRecords } from '@souk/events';
import { INBOX_CLAIMS, OUTBOX_INSERT, outboxRows } from '@souk/outbox';
import { type Database, isDue, sql } from '@souk/postgres';
import type { ClaimedDelivery, DeliveryStore, NotificationView } from '../app/ports.js';

/** Channel on which the worker hears that something was queued by hand. */
export const QUEUED_CHANNEL = 'souk_notification_queued';

const CLAIMED = `d.id, d.event_id AS "eventId", d.template, d.channel, d.order_id AS "orderId", d.user_id AS "userId", d.params,
  d.attempts AS attempt, d.traceparent, d.correlation_id AS "correlationId"`;

/** $1 the events with their deliveries, $2 the lease. */
const record = sql<ClaimedDelivery>(
  'notification.record',
  `WITH told AS (
     SELECT * FROM jsonb_to_recordset($1::jsonb) AS t(event_id text, template text, order_id text, user_id text, params jsonb,
       traceparent text, correlation_id text, deliveries jsonb)),
   ${INBOX_CLAIMS('told', "'notification'")}
   INSERT INTO delivery AS d (id, event_id, template, channel, order_id, user_id, params, state, attempts, claimed_at, next_attempt_at, traceparent, correlation_id)
   SELECT made.id, event_id, template, made.channel, order_id, user_id, params, 'QUEUED', 1, now(), now() + $2::float8 * interval '1 millisecond',
     traceparent, correlation_id
   FROM told JOIN inbox USING (event_id) CROSS JOIN LATERAL jsonb_to_recordset(told.deliveries) AS made(id text, channel text)
   ON CONFLICT (event_id, channel) DO NOTHING
   RETURNING ${CLAIMED}, false AS "mayBeDuplicate"`,
);

const claimDue = sql<ClaimedDelivery>(
  'notification.claimDue',
  `WITH due AS (
     SELECT id, claimed_at IS NOT NULL AS unknown FROM delivery
     WHERE state = 'QUEUED' AND ${isDue('next_attempt_at')} ORDER BY next_attempt_at LIMIT $1 FOR UPDATE SKIP LOCKED)
   UPDATE delivery d SET attempts = d.attempts + 1, claimed_at = now(), next_attempt_at = now() + $2::float8 * interval '1 millisecond'
   FROM due WHERE d.id = due.id
   RETURNING ${CLAIMED}, due.unknown AS "mayBeDuplicate"`,
);

const renew = sql<never>(
  'notification.renew',
  `UPDATE delivery d SET next_attempt_at = now() + $3::float8 * interval '1 millisecond'
   FROM unnest($1::text[], $2::int[]) AS held(id, attempt)
   WHERE d.id = held.id AND d.attempts = held.attempt AND d.state = 'QUEUED' AND d.claimed_at IS NOT NULL`,
);

const finish = sql<never>(
  'notification.finish',
  `UPDATE delivery d SET state = o.state, claimed_at = NULL, 
     recipient = CASE WHEN NOT d.erased THEN coalesce(o.recipient, d.recipient) END, last_error = o.reason,
     provider_message_id = coalesce(o.message_id, d.provider_message_id),
     sent_at = CASE WHEN o.state = 'SENT' THEN now() ELSE d.sent_at END,
     next_attempt_at = CASE WHEN o.state = 'QUEUED' THEN now() + o.delay_ms * interval '1 millisecond' END
   FROM jsonb_to_recordset($1::jsonb) AS o(id text, attempt int, state text, recipient text, reason text, message_id text, delay_ms float8)
   WHERE d.id = o.id AND d.attempts = o.attempt AND d.state = 'QUEUED'`,
);

const requeue = sql<{ found: boolean; queued: boolean }>(
  'notification.requeue',
  `WITH queued AS (
     UPDATE delivery SET state = 'QUEUED', attempts = 0, claimed_at = NULL, last_error = NULL, next_attempt_at = now()
     WHERE id = $1 AND state <> 'QUEUED' RETURNING pg_notify('${QUEUED_CHANNEL}', '')),
   outbox AS (${OUTBOX_INSERT('$2')} WHERE EXISTS (SELECT 1 FROM queued))
   SELECT EXISTS (SELECT 1 FROM queued) AS queued, EXISTS (SELECT 1 FROM delivery WHERE id = $1) AS found`,
);

const ofOrders = sql<NotificationView>(
  'notification.ofOrders',
  `SELECT id, order_id AS "orderId", template, channel, state, recipient, attempts, last_error AS "lastError",
     created_at AS "createdAt", sent_at AS "sentAt"
   FROM delivery WHERE order_id = ANY($1) ORDER BY created_at, id`,
);

/** Deliveries in Postgres; each operation is one statement. */
export const createDeliveryStore = (database: Database): DeliveryStore => ({
  record: (all, leaseMs) =>
    database.query(record, [
      JSON.stringify(
        all.map(({ event, template, orderId, userId, params, deliveries }) => ({
          event_id: event.id,
          template,
          order_id: orderId,
          user_id: userId,
          params,
          traceparent: event.traceparent,
          correlation_id: event.correlationId,
          deliveries,
        })),
      ),
      leaseMs,
    ]),
  claimDue: (limit, leaseMs) => database.query(claimDue, [limit, leaseMs]),
  async renew(deliveries, leaseMs) {
    await database.query(renew, [deliveries.map(({ id }) => id), deliveries.map(({ attempt }) => attempt), leaseMs]);
  },
  async finish(outcomes) {
    if (outcomes.length === 0) return;
    const rows = outcomes.map(({ delivery, outcome }) => ({
      id: delivery.id,
      attempt: delivery.attempt,
      state: outcome.state,
      recipient: outcome.recipient,
      reason: outcome.state === 'SENT' ? null : outcome.reason,
      message_id: outcome.state === 'SENT' ? outcome.providerMessageId : null,
      delay_ms: outcome.state === 'QUEUED' ? outcome.delayMs : null,
    }));
    await database.query(finish, [JSON.stringify(rows)]);
  },
  async requeue(id) {
    const [row] = await database.query(requeue, [id, outboxRows(auditRecords([id]))]);
    if (row === undefined || !row.found) return 'not-found';
    return row.queued ? 'queued' : 'still-queued';
  },
  ofOrders: (orderIds) => database.query(ofOrders, [orderIds]),
});
