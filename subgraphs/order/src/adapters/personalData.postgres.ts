import { appendEvents, INBOX_CLAIM } from '@souk/outbox';
import { type Database, sql } from '@souk/postgres';
import type { CustomerErasure, ErasedOrder, PersonalData } from '../app/personalData.js';
import { ERASED_ADDRESS, ERASED_EMAIL } from '../domain/erasure.js';

const request = sql<never>(
  'order.personalData.request',
  `WITH ${INBOX_CLAIM('$1', "'order'")}
   INSERT INTO customer_erasure AS c (customer_id, erasure_id, requested_at) SELECT $2, $3, $4 FROM inbox
   ON CONFLICT (customer_id) DO UPDATE SET erased_at = NULL`,
);

/**
 * Nothing will happen to it any more that its customer must be told of. An expired one may be revived by money that is on its way: it is
 * over when none comes any more.
 */
const IS_OVER = `(o.status IN ('CANCELLED', 'COMPLETED') OR o.status = 'EXPIRED' AND o.expired_at < now() - interval '1 hour')
  AND NOT EXISTS (SELECT 1 FROM order_return r WHERE r.order_id = o.id AND r.status IN ('REQUESTED', 'APPROVED', 'RECEIVED'))
  AND NOT EXISTS (SELECT 1 FROM order_edit d WHERE d.order_id = o.id AND d.state IN ('PREPARING', 'AWAITING_PAYMENT', 'UNDOING'))`;

const due = sql<CustomerErasure>(
  'order.personalData.due',
  `SELECT c.customer_id AS "customerId", c.erasure_id AS "erasureId" FROM customer_erasure c
   WHERE c.erased_at IS NULL AND (
     EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.customer_id AND o.erased_at IS NULL AND ${IS_OVER})
     OR NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.customer_id AND o.erased_at IS NULL))
   ORDER BY c.requested_at LIMIT $1`,
);

/**
 * $1 customer, $2 limit, $3 now, $4 and $5 what stands instead of address and e-mail. What staff looked for to export it may be an address
 * of his, too.
 */
const erase = sql<ErasedOrder>(
  'order.personalData.erase',
  `WITH over AS (
     SELECT o.id, o.email FROM orders o WHERE o.customer_id = $1 AND o.erased_at IS NULL AND ${IS_OVER}
     ORDER BY o.id LIMIT $2 FOR UPDATE),
   head AS (
     UPDATE orders o SET email = $5, billing_address = NULL, cancel_reason = NULL, erased_at = $3, version = o.version + 1,
       shipping_address = $4::jsonb || jsonb_build_object('countryCode', o.shipping_address->'countryCode')
     FROM over WHERE o.id = over.id RETURNING o.id, o.cart_id, o.version),
   timeline AS (UPDATE order_event e SET message = NULL FROM over WHERE e.order_id = over.id AND e.message IS NOT NULL),
   returns AS (
     UPDATE order_return r SET note = NULL, decline_reason = NULL, receipt_note = NULL FROM over WHERE r.order_id = over.id),
   edits AS (
     UPDATE order_edit d SET note = NULL,
       plan = d.plan || jsonb_build_object('shippingAddress', NULL, 'billingAddress', NULL) FROM over WHERE d.order_id = over.id),
   exports AS (
     DELETE FROM order_export x USING over WHERE lower(x.filter->>'search') = lower(over.email)),
   drafts AS (
     UPDATE draft_order d SET state = CASE WHEN d.state = 'OPEN' THEN 'DELETED' ELSE d.state END, email = NULL, version = d.version + 1,
       updated_at = $3, content = d.content || jsonb_build_object('email', NULL, 'shippingAddress', NULL, 'billingAddress', NULL,
         'note', NULL, 'discountReason', NULL)
     WHERE d.customer_id = $1 AND (d.state = 'OPEN' OR d.email IS NOT NULL OR d.content->'shippingAddress' <> 'null'::jsonb))
   SELECT id, cart_id AS "cartId", version FROM head`,
);

/** A placement that still runs will make an order. */
const close = sql<{ closed: number }>(
  'order.personalData.close',
  `UPDATE customer_erasure SET erased_at = $2 WHERE customer_id = $1 AND erased_at IS NULL
     AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = $1 AND o.erased_at IS NULL)
     AND NOT EXISTS (SELECT 1 FROM placement p WHERE p.scope = $1 AND p.step IN ('RUNNING', 'UNDOING'))
     AND NOT EXISTS (
       SELECT 1 FROM orders o JOIN outbox_event e ON e.aggregate_id = o.id
       WHERE o.customer_id = $1 AND e.type = 'order.erased' AND e.settled_at IS NULL)
   RETURNING 1 AS closed`,
);

/** $1 customer, $2 how many orders. */
const exported = sql<{ part: object }>(
  'order.personalData.exported',
  `SELECT json_build_object(
     'orders', (SELECT coalesce(json_agg(json_build_object('id', o.id, 'number', o.number, 'status', o.status,
       'fulfillmentStatus', o.fulfillment_status, 'email', o.email, 'locale', o.locale, 'currencyCode', o.currency_code,
       'totalCents', o.total_cents, 'shippingAddress', o.shipping_address, 'billingAddress', o.billing_address,
       'shippingMethod', o.shipping_method_name, 'couponCodes', o.coupon_codes, 'placedAt', o.placed_at, 'confirmedAt', o.confirmed_at,
       'expiredAt', o.expired_at, 'deliveredAt', o.delivered_at, 'completedAt', o.completed_at, 'cancelledAt', o.cancelled_at,
       'cancelReason', o.cancel_reason,
       'lines', (SELECT json_agg(json_build_object('product', l.product_name, 'variant', l.variant_name, 'sku', l.sku,
         'quantity', l.quantity, 'unitPriceCents', l.unit_price_cents, 'totalCents', l.total_cents) ORDER BY l.position)
         FROM order_line l WHERE l.order_id = o.id),
       'parcels', (SELECT json_agg(json_build_object('carrier', f.carrier, 'trackingNumber', f.tracking_number, 'status', f.status,
         'shippedAt', f.shipped_at, 'deliveredAt', f.delivered_at) ORDER BY f.shipped_at)
         FROM fulfillment f WHERE f.order_id = o.id),
       'returns', (SELECT json_agg(json_build_object('number', r.number, 'status', r.status, 'reason', r.reason, 'note', r.note,
         'declineReason', r.decline_reason, 'receiptNote', r.receipt_note, 'refundedCents', r.refunded_cents,
         'requestedAt', r.requested_at, 'endedAt', r.ended_at) ORDER BY r.requested_at)
         FROM order_return r WHERE r.order_id = o.id),
       'history', (SELECT json_agg(json_build_object('type', e.type, 'message', e.message, 'at', e.created_at) ORDER BY e.position)
         FROM order_event e WHERE e.order_id = o.id)) ORDER BY o.placed_at DESC, o.id DESC), '[]'::json)
       FROM (SELECT * FROM orders WHERE customer_id = $1 ORDER BY placed_at DESC, id DESC LIMIT $2) o),
     'ordersInAll', (SELECT count(*) FROM orders WHERE customer_id = $1),
     'drafts', (SELECT coalesce(json_agg(json_build_object('id', d.id, 'state', d.state, 'content', d.content,
       'createdAt', d.created_at) ORDER BY d.created_at DESC), '[]'::json)
       FROM (SELECT * FROM draft_order WHERE customer_id = $1 ORDER BY created_at DESC LIMIT $2) d)) AS part`,
);

/** Personal data in the order service's Postgres: each step is one statement, with its events one transaction. */
export function createPersonalData(database: Database): PersonalData {
  return {
    async request({ id, occurredAt, data }) {
      await database.query(request, [id, data.userId, data.erasureId, occurredAt]);
    },
    due: (limit) => database.query(due, [limit]),
    erase: (customerId, now, limit, publish) =>
      database.transaction(async (tx) => {
        const params = [customerId, limit, now, JSON.stringify(ERASED_ADDRESS), ERASED_EMAIL];
        const orders = await tx.query(erase, params);
        await appendEvents(tx, publish(orders));
        return orders.length;
      }),
    close: ({ customerId }, now, published) =>
      database.transaction(async (tx) => {
        const closed = (await tx.query(close, [customerId, now])).length === 1;
        if (closed) await appendEvents(tx, published);
        return closed;
      }),
    async exported(customerId, entries) {
      return (await database.query(exported, [customerId, entries]))[0]?.part ?? {};
    },
  };
}
