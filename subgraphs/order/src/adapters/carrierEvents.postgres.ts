import { type Database, isDue, sql } from '@souk/postgres';
import type { CarrierEvents, StoredCarrierEvent } from '../app/afterSalesPorts.js';

const COLUMNS = `carrier, event_id AS "eventId", type, tracking_number AS "trackingNumber", occurred_at AS "occurredAt", attempts,
  received_at AS "receivedAt", traceparent`;

const store = sql<StoredCarrierEvent>(
  'carrier.store',
  `INSERT INTO carrier_event (carrier, event_id, type, tracking_number, occurred_at, state, traceparent, next_try_at)
   VALUES ($1, $2, $3, $4, $5, 'RECEIVED', $6, now() + $7 * interval '1 millisecond')
   ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
);

const claimDue = sql<StoredCarrierEvent>(
  'carrier.claimDue',
  `UPDATE carrier_event SET next_try_at = now() + $2 * interval '1 millisecond'
   WHERE (carrier, event_id) IN (
     SELECT carrier, event_id FROM carrier_event WHERE state = 'RECEIVED' AND ${isDue('next_try_at')}
     ORDER BY next_try_at LIMIT $1 FOR UPDATE SKIP LOCKED)
   RETURNING ${COLUMNS}`,
);

const settle = sql(
  'carrier.settle',
  `UPDATE carrier_event SET state = $3, settled_at = now(), attempts = attempts + 1
   WHERE carrier = $1 AND event_id = $2 AND state = 'RECEIVED'`,
);

const postpone = sql(
  'carrier.postpone',
  `UPDATE carrier_event SET attempts = attempts + 1, next_try_at = now() + $3 * interval '1 millisecond'
   WHERE carrier = $1 AND event_id = $2 AND state = 'RECEIVED'`,
);

/** What carriers told, in Postgres: each method is one named statement. */
export function createCarrierEvents(database: Database): CarrierEvents {
  return {
    async store(carrier, { eventId, type, trackingNumber, occurredAt }, traceparent, leaseMs) {
      const params = [carrier, eventId, type, trackingNumber, occurredAt, traceparent, leaseMs];
      return (await database.query(store, params))[0];
    },
    claimDue: (limit, leaseMs) => database.query(claimDue, [limit, leaseMs]),
    async settle({ carrier, eventId }, state) {
      await database.query(settle, [carrier, eventId, state]);
    },
    async postpone({ carrier, eventId }, delayMs) {
      await database.query(postpone, [carrier, eventId, delayMs]);
    },
  };
}
