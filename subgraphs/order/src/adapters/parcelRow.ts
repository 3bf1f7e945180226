import { sql, type Transaction } from '@souk/postgres';
import type { Fulfillment } from '../domain/fulfillment.js';
import type { OrderReturn } from '../domain/return.js';

type Json<T> = { [Key in keyof T]: T[Key] extends Date ? string : T[Key] extends Date | null ? string | null : T[Key] };
export type FulfillmentJson = Json<Fulfillment>;
export type ReturnJson = Json<OrderReturn>;

/** The parcels and returns of `orders AS o`, as JSON. */
export const PARCEL_COLUMNS = `(
    SELECT coalesce(json_agg(json_build_object('id', f.id, 'status', f.status, 'carrier', f.carrier,
      'trackingNumber', f.tracking_number, 'key', f.key, 'inputHash', f.input_hash, 'shippedAt', f.shipped_at,
      'deliveredAt', f.delivered_at, 'cancelledAt', f.cancelled_at, 'lines', (
        SELECT json_agg(json_build_object('lineId', fl.line_id, 'quantity', fl.quantity) ORDER BY fl.line_id)
        FROM fulfillment_line fl WHERE fl.fulfillment_id = f.id)) ORDER BY f.shipped_at, f.id), '[]'::json)
    FROM fulfillment f WHERE f.order_id = o.id) AS fulfillments,
  (
    SELECT coalesce(json_agg(json_build_object('id', r.id, 'number', r.number, 'status', r.status, 'reason', r.reason,
      'note', r.note, 'declineReason', r.decline_reason, 'receiptNote', r.receipt_note, 'key', r.key,
      'inputHash', r.input_hash, 'refundCents', r.refund_cents, 'shippingRefundCents', r.shipping_refund_cents,
      'refundedCents', r.refunded_cents, 'stockHeldUntil', r.stock_held_until, 'requestedAt', r.requested_at,
      'approvedAt', r.approved_at, 'receivedAt', r.received_at, 'endedAt', r.ended_at, 'lines', (
        SELECT json_agg(json_build_object('lineId', rl.line_id, 'quantity', rl.quantity, 'accepted', rl.accepted,
          'rejected', rl.rejected, 'restock', rl.restock, 'refundCents', rl.refund_cents, 'exchange', rl.exchange)
          ORDER BY rl.line_id)
        FROM order_return_line rl WHERE rl.return_id = r.id)) ORDER BY r.requested_at, r.id), '[]'::json)
    FROM order_return r WHERE r.order_id = o.id) AS returns`;

const at = (text: string): Date => new Date(text);
const maybeAt = (text: string | null): Date | null => (text === null ? null : new Date(text));

export const fulfillmentOf = (row: FulfillmentJson): Fulfillment => ({
  ...row,
  shippedAt: at(row.shippedAt),
  deliveredAt: maybeAt(row.deliveredAt),
  cancelledAt: maybeAt(row.cancelledAt),
});

export const returnOf = (row: ReturnJson): OrderReturn => ({
  ...row,
  stockHeldUntil: maybeAt(row.stockHeldUntil),
  requestedAt: at(row.requestedAt),
  approvedAt: maybeAt(row.approvedAt),
  receivedAt: maybeAt(row.receivedAt),
  endedAt: maybeAt(row.endedAt),
});

/** Parcels as they are now; what is in one never changes. What carriers told about these numbers is looked at again at once. */
const writeParcels = sql(
  'order.writeParcels',
  `WITH written AS (
     INSERT INTO fulfillment (id, order_id, status, carrier, tracking_number, key, input_hash, shipped_at, delivered_at, cancelled_at)
     SELECT f.id, $1, f.status, f.carrier, f."trackingNumber", f.key, f."inputHash", f."shippedAt", f."deliveredAt", f."cancelledAt"
     FROM jsonb_to_recordset($2::jsonb) AS f(id text, status text, carrier text, "trackingNumber" text, key text, "inputHash" text,
       "shippedAt" timestamptz, "deliveredAt" timestamptz, "cancelledAt" timestamptz)
     ON CONFLICT (id) DO UPDATE SET status = excluded.status, carrier = excluded.carrier,
       tracking_number = excluded.tracking_number, delivered_at = excluded.delivered_at, cancelled_at = excluded.cancelled_at
     RETURNING tracking_number),
   contents AS (
     INSERT INTO fulfillment_line (fulfillment_id, line_id, quantity)
     SELECT f.id, l."lineId", l.quantity
     FROM jsonb_to_recordset($2::jsonb) AS f(id text, lines jsonb),
       jsonb_to_recordset(f.lines) AS l("lineId" text, quantity int)
     ON CONFLICT DO NOTHING)
   UPDATE carrier_event SET next_try_at = now()
   WHERE state = 'RECEIVED' AND next_try_at > now() AND attempts > 0 AND tracking_number IN (SELECT tracking_number FROM written)`,
);

const writeReturns = sql(
  'order.writeReturns',
  `WITH written AS (
     INSERT INTO order_return (id, order_id, number, status, reason, note, decline_reason, receipt_note, key, input_hash,
       refund_cents, shipping_refund_cents, refunded_cents, stock_held_until, requested_at, approved_at, received_at, ended_at)
     SELECT r.id, $1, r.number, r.status, r.reason, r.note, r."declineReason", r."receiptNote", r.key, r."inputHash",
       r."refundCents", r."shippingRefundCents", r."refundedCents", r."stockHeldUntil", r."requestedAt", r."approvedAt",
       r."receivedAt", r."endedAt"
     FROM jsonb_to_recordset($2::jsonb) AS r(id text, number text, status text, reason text, note text, "declineReason" text,
       "receiptNote" text, key text, "inputHash" text, "refundCents" bigint, "shippingRefundCents" bigint, "refundedCents" bigint,
       "stockHeldUntil" timestamptz, "requestedAt" timestamptz, "approvedAt" timestamptz, "receivedAt" timestamptz,
       "endedAt" timestamptz)
     ON CONFLICT (id) DO UPDATE SET status = excluded.status, decline_reason = excluded.decline_reason,
       receipt_note = excluded.receipt_note, refund_cents = excluded.refund_cents,
       shipping_refund_cents = excluded.shipping_refund_cents, refunded_cents = excluded.refunded_cents,
       stock_held_until = excluded.stock_held_until, approved_at = excluded.approved_at, received_at = excluded.received_at,
       ended_at = excluded.ended_at)
   INSERT INTO order_return_line (return_id, line_id, quantity, accepted, rejected, restock, refund_cents, exchange)
   SELECT r.id, l."lineId", l.quantity, l.accepted, l.rejected, l.restock, l."refundCents", l.exchange
   FROM jsonb_to_recordset($2::jsonb) AS r(id text, lines jsonb),
     jsonb_to_recordset(r.lines) AS l("lineId" text, quantity int, accepted int, rejected int, restock boolean,
       "refundCents" bigint, exchange jsonb)
   ON CONFLICT (return_id, line_id) DO UPDATE SET accepted = excluded.accepted, rejected = excluded.rejected,
     restock = excluded.restock, refund_cents = excluded.refund_cents, exchange = excluded.exchange`,
);

/** Writes what a change did to the parcels and returns of its order, whose row is locked by then. */
export async function writeAfterSales(
  tx: Transaction,
  orderId: string,
  { fulfillments = [], returns = [] }: { fulfillments?: readonly Fulfillment[]; returns?: readonly OrderReturn[] },
): Promise<void> {
  if (fulfillments.length > 0) await tx.query(writeParcels, [orderId, JSON.stringify(fulfillments)]);
  if (returns.length > 0) await tx.query(writeReturns, [orderId, JSON.stringify(returns)]);
}
