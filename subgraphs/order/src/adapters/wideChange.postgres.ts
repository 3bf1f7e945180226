import { auditRecords } from '@souk/events';
import { OUTBOX_INSERT, outboxRows } from '@souk/outbox';
import { type Database, sql, type Transaction } from '@souk/postgres';
import type { OrderChange } from '../app/ports.js';
import type { Order } from '../domain/order.js';
import { EditTaken, writeEdit } from './editRow.js';
import { writeAfterSales } from './parcelRow.js';
import { TIMELINE_INSERT, timelineRows } from './timelineRows.js';

/** What `order.apply` does not write, as staff, returns and edits change it and no purchase does. */
const WIDE = [
  'fulfillmentStatus',
  'deliveredAt',
  'completedAt',
  'subtotalCents',
  'discountCents',
  'shippingCents',
  'shippingDiscountCents',
  'shippingTaxCents',
  'shippingTaxBasisPoints',
  'taxCents',
  'totalCents',
  'shippingAddress',
  'billingAddress',
  'couponCodes',
  'shippingMethodId',
  'shippingMethodName',
  'paymentPurposeId',
  'extraStockIds',
  'openEdit',
  'paymentDueAt',
] as const satisfies readonly (keyof Order)[];

/** Whether a change touches more than the few columns of the purchase's own statement. */
export const isWide = ({ before, after, lines, edit, fulfillments, returns }: OrderChange): boolean =>
  [lines, edit, fulfillments, returns].some((part) => part !== undefined) ||
  WIDE.some((column) => before[column] !== after[column]);

/** As `order.apply`, with every column that can change. $1 changes, $2 timeline, $3 outbox, $4 the event that caused them or null. */
const applyWide = sql<{ id: string }>(
  'order.applyWide',
  `WITH changed AS (
     UPDATE orders o SET status = c."status", payment_id = c."paymentId", confirmed_at = c."confirmedAt",
       expired_at = c."expiredAt", cancelled_at = c."cancelledAt", cancel_reason = c."cancelReason", cancel_key = c."cancelKey",
       version = c."version", fulfillment_status = c."fulfillmentStatus", delivered_at = c."deliveredAt",
       completed_at = c."completedAt", subtotal_cents = c."subtotalCents", discount_cents = c."discountCents",
       shipping_cents = c."shippingCents", shipping_discount_cents = c."shippingDiscountCents",
       shipping_tax_cents = c."shippingTaxCents", shipping_tax_basis_points = c."shippingTaxBasisPoints",
       tax_cents = c."taxCents", total_cents = c."totalCents", shipping_address = c."shippingAddress",
       billing_address = c."billingAddress", coupon_codes = c."couponCodes", shipping_method_id = c."shippingMethodId",
       shipping_method_name = c."shippingMethodName", payment_purpose_id = c."paymentPurposeId",
       extra_stock_ids = c."extraStockIds", open_edit = c."openEdit", payment_due_at = c."paymentDueAt"
     FROM jsonb_to_recordset($1::jsonb) AS c("id" text, "readVersion" int, "version" int, "status" text, "paymentId" text,
       "confirmedAt" timestamptz, "expiredAt" timestamptz, "cancelledAt" timestamptz, "cancelReason" text, "cancelKey" text,
       "fulfillmentStatus" text, "deliveredAt" timestamptz, "completedAt" timestamptz, "subtotalCents" bigint,
       "discountCents" bigint, "shippingCents" bigint, "shippingDiscountCents" bigint, "shippingTaxCents" bigint,
       "shippingTaxBasisPoints" int, "taxCents" bigint, "totalCents" bigint, "shippingAddress" jsonb, "billingAddress" jsonb,
       "couponCodes" text[], "shippingMethodId" text, "shippingMethodName" text, "paymentPurposeId" text,
       "extraStockIds" text[], "openEdit" jsonb, "paymentDueAt" timestamptz)
     WHERE o.id = c."id" AND o.version = c."readVersion"
     RETURNING o.id),
   timeline AS (${TIMELINE_INSERT('$2')} WHERE entry.order_id IN (SELECT id FROM changed)),
   outbox AS (${OUTBOX_INSERT('$3')} WHERE event.aggregate_id IN (SELECT id FROM changed)),
   inbox AS (
     INSERT INTO processed_event (event_id, consumer) SELECT $4, 'order' FROM changed WHERE $4::text IS NOT NULL)
   SELECT id FROM changed`,
);

/** Writes lines as they are now; a line that is new goes to the end of its order. */
const writeLines = sql(
  'order.writeLines',
  `INSERT INTO order_line AS l (id, order_id, position, variant_id, product_name, variant_name, sku, image_url, quantity,
     unit_price_cents, discount_cents, tax_cents, tax_basis_points, total_cents, quantity_fulfilled, quantity_delivered,
     quantity_returned, refunded_cents, covered_cents, exchange_of)
   SELECT n.id, n."orderId", n.nth + (SELECT coalesce(max(position), 0) FROM order_line WHERE order_id = n."orderId"),
     n."variantId", n."productName", n."variantName", n.sku, n."imageUrl", n.quantity, n."unitPriceCents", n."discountCents",
     n."taxCents", n."taxBasisPoints", n."totalCents", n."quantityFulfilled", n."quantityDelivered", n."quantityReturned",
     n."refundedCents", n."coveredCents", n."exchangeOf"
   FROM jsonb_to_recordset($1::jsonb) AS n(id text, "orderId" text, nth int, "variantId" text, "productName" text,
     "variantName" text, sku text, "imageUrl" text, quantity int, "unitPriceCents" bigint, "discountCents" bigint,
     "taxCents" bigint, "taxBasisPoints" int, "totalCents" bigint, "quantityFulfilled" int, "quantityDelivered" int,
     "quantityReturned" int, "refundedCents" bigint, "coveredCents" bigint, "exchangeOf" text)
   ON CONFLICT (id) DO UPDATE SET quantity = excluded.quantity, unit_price_cents = excluded.unit_price_cents,
     discount_cents = excluded.discount_cents, tax_cents = excluded.tax_cents, total_cents = excluded.total_cents,
     quantity_fulfilled = excluded.quantity_fulfilled, quantity_delivered = excluded.quantity_delivered,
     quantity_returned = excluded.quantity_returned, refunded_cents = excluded.refunded_cents`,
);

/**
 * Applies changes that reach beyond the order's own row, in one transaction that begins with the guarded update: it locks the
 * orders, so whatever is written behind it (lines, parcels, returns) is written by one change at a time, and not at all
 * when an order was changed meanwhile. Answers the ids of the orders that were changed.
 */
export async function applyWideChanges(
  database: Database,
  changes: readonly OrderChange[],
  causedBy: string | null,
): Promise<ReadonlySet<string>> {
  try {
    return await database.transaction((tx) => writeChanges(tx, changes, causedBy));
  } catch (error) {
    // Nothing was written: whoever decided it reads again.
    if (error instanceof EditTaken) return new Set();
    throw error;
  }
}

async function writeChanges(
  tx: Transaction,
  changes: readonly OrderChange[],
  causedBy: string | null,
): Promise<ReadonlySet<string>> {
  const rows = await tx.query(applyWide, [
    JSON.stringify(changes.map(({ before, after }) => ({ ...after, readVersion: before.version }))),
    JSON.stringify(changes.flatMap((change) => timelineRows(change.after.id, change.timeline))),
    outboxRows([
      ...changes.flatMap((change) => change.published),
      ...auditRecords(changes.map(({ after }) => after.id)),
    ]),
    causedBy,
  ]);
  const changed = new Set(rows.map((row) => row.id));
  const made = changes.filter((change) => changed.has(change.after.id));
  const lines = made.flatMap(({ after, lines = [] }) =>
    lines.map((line, index) => ({ ...line, orderId: after.id, nth: index + 1 })),
  );
  if (lines.length > 0) await tx.query(writeLines, [JSON.stringify(lines)]);
  for (const change of made) await writeAfterSales(tx, change.after.id, change);
  for (const { edit } of made) if (edit !== undefined) await writeEdit(tx, edit);
  return changed;
}
