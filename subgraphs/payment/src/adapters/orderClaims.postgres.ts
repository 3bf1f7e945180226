import { INBOX_CLAIM } from '@souk/outbox';
import { type Database, sql } from '@souk/postgres';
import type { OrderClaims } from '../app/ports.js';

/** $1 order, $2 its owner, $3 the event. An owner is never replaced. */
const assign = sql(
  'payment.assignOwner',
  `WITH ${INBOX_CLAIM('$3', "'payment'")}
   UPDATE payment SET customer_id = $2 WHERE order_id = $1 AND customer_id IS NULL`,
);

/** The owners of payments, which only a claim of their order gives: one statement, and saying it again changes nothing. */
export const createOrderClaims = (database: Database): OrderClaims => ({
  async assign(orderId, customerId, eventId) {
    await database.query(assign, [orderId, customerId, eventId]);
  },
});
