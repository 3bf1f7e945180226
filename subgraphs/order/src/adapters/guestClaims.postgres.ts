import { handOver, OUTBOX_INSERT, outboxRows } from '@souk/outbox';
import { type Database, sql } from '@souk/postgres';
import type { GuestClaims } from '../app/ports.js';
import { TIMELINE_INSERT, timelineRows } from './timelineRows.js';

const candidates = sql<{ id: string; version: number; email: string }>(
  'order.guestOrdersOf',
  `SELECT o.id, o.version, o.email FROM orders o WHERE o.customer_id IS NULL AND lower(o.email) = lower($1)
   ORDER BY o.placed_at DESC, o.id DESC LIMIT $2`,
);

/**
 * Locked in the order of their ids, so that two claims never wait for each other. Nothing goes to a customer whose erasure is under way: it would
 * not be erased. $1 customer, $2 orders, $3 timeline, $4 outbox.
 */
const assign = sql<{ id: string }>(
  'order.claim',
  `WITH wanted AS (SELECT * FROM jsonb_to_recordset($2::jsonb) AS w(id text, read_version int)),
   locked AS MATERIALIZED (
     SELECT o.id FROM orders o JOIN wanted w ON w.id = o.id AND w.read_version = o.version
     WHERE o.customer_id IS NULL AND NOT EXISTS (SELECT 1 FROM customer_erasure e WHERE e.customer_id = $1)
     ORDER BY o.id FOR UPDATE OF o),
   claimed AS (
     UPDATE orders o SET customer_id = $1, version = o.version + 1 FROM locked WHERE o.id = locked.id RETURNING o.id),
   timeline AS (${TIMELINE_INSERT('$3')} WHERE entry.order_id IN (SELECT id FROM claimed)),
   outbox AS (${OUTBOX_INSERT('$4')} WHERE event.aggregate_id IN (SELECT id FROM claimed))
   SELECT id FROM claimed`,
);

/** Guests' orders and how they become an account's: one statement each. */
export function createGuestClaims(database: Database): GuestClaims {
  return {
    candidates: (email, limit) => database.query(candidates, [email, limit]),
    async assign(customerId, claims) {
      const published = claims.map(({ event }) => event);
      const rows = await database.query(assign, [
        customerId,
        JSON.stringify(claims.map(({ order }) => ({ id: order.id, read_version: order.version }))),
        JSON.stringify(claims.flatMap(({ order, entry }) => timelineRows(order.id, [entry]))),
        outboxRows(published, database),
      ]);
      const claimed = new Set(rows.map(({ id }) => id));
      handOver(
        database,
        published.filter((event) => claimed.has(event.aggregateId)),
      );
      return claimed;
    },
  };
}
