import { auditRecords, type EventEnvelope } from '@souk/events';
import { handOver, OUTBOX_INSERT, outboxRows } from '@souk/outbox';
import { type Database, sql } from '@souk/postgres';
import type { Placement, PlacementInput, PlacementRefusal, PlacementStep, PlacementStore } from '../app/ports.js';
import type { PlacedOrder } from '../domain/decidePlacement.js';
import { TIMELINE_INSERT, timelineRows } from './timelineRows.js';

interface PlacementRow {
  readonly scope: string;
  readonly key: string;
  readonly input_hash: string;
  readonly input: PlacementInput;
  readonly order_id: string;
  readonly customer_id: string | null;
  readonly step: PlacementStep;
  readonly run_token: string;
  readonly lease_expired: boolean;
  readonly attempts: number;
  readonly refusal: PlacementRefusal | null;
  readonly traceparent: string;
  readonly correlation_id: string;
}

const COLUMNS = `p.scope, p.key, p.input_hash, p.input, p.order_id, p.customer_id, p.step, p.run_token,
  p.lease_until < now() AS lease_expired, p.attempts, p.refusal, p.traceparent, p.correlation_id`;

/** A key is free again when its placement was abandoned, or when the run that has it has died. */
const ABANDONED = `p.step = 'ABANDONED' AND p.input_hash = excluded.input_hash`;
const DEAD = `p.step = 'RUNNING' AND p.lease_until < now() AND p.input_hash = excluded.input_hash`;

/**
 * One statement claims a new key, or re-claims a free one, or answers who has it. An abandoned placement starts anew under a new order
 * id (the old one was given back everywhere); a dead one is taken over under its own.
 */
const claim = sql<PlacementRow>(
  'placement.claim',
  `INSERT INTO placement AS p (scope, key, input_hash, input, order_id, customer_id, step, run_token, lease_until, traceparent, correlation_id)
   VALUES ($1, $2, $3, $4, $5, $6, 'RUNNING', $7, now() + $8 * interval '1 millisecond', $9, $10)
   ON CONFLICT (scope, key) DO UPDATE SET
     order_id = CASE WHEN ${ABANDONED} THEN excluded.order_id ELSE p.order_id END,
     run_token = CASE WHEN (${ABANDONED}) OR (${DEAD}) THEN excluded.run_token ELSE p.run_token END,
     lease_until = CASE WHEN (${ABANDONED}) OR (${DEAD}) THEN excluded.lease_until ELSE p.lease_until END,
     attempts = CASE WHEN ${ABANDONED} THEN 0 WHEN ${DEAD} THEN p.attempts + 1 ELSE p.attempts END,
     refusal = CASE WHEN ${ABANDONED} THEN NULL ELSE p.refusal END,
     step = CASE WHEN ${ABANDONED} THEN 'RUNNING' ELSE p.step END,
     updated_at = CASE WHEN (${ABANDONED}) OR (${DEAD}) THEN now() ELSE p.updated_at END
   RETURNING ${COLUMNS}`,
);

const find = sql<PlacementRow>(
  'placement.find',
  `SELECT ${COLUMNS} FROM placement p WHERE p.scope = $1 AND p.key = $2`,
);

/** Order, lines, timeline, events and the end of the saga: all, or nothing when the run was lost. */
export const commitPlacement = sql<{ placed: number }>(
  'placement.commit',
  `WITH placed AS (
     UPDATE placement SET step = 'PLACED', updated_at = now()
     WHERE order_id = $1 AND run_token = $2 AND step = 'RUNNING' RETURNING 1),
   head AS (
     INSERT INTO orders (id, number, status, fulfillment_status, customer_id, cart_id, email, locale, currency_code,
       subtotal_cents, discount_cents, shipping_cents, tax_cents, tax_included, total_cents, shipping_address, billing_address,
       shipping_method_id, shipping_method_name, coupon_codes, payment_due_at, placed_at, version, shipping_discount_cents,
       shipping_tax_cents, shipping_tax_basis_points, confirmed_at)
     SELECT o.id, o.number, o.status, o."fulfillmentStatus", o."customerId", o."cartId", o.email, o.locale, o."currencyCode",
       o."subtotalCents", o."discountCents", o."shippingCents", o."taxCents", o."taxIncluded", o."totalCents", o."shippingAddress",
       o."billingAddress", o."shippingMethodId", o."shippingMethodName", o."couponCodes", o."paymentDueAt", o."placedAt", o.version,
       o."shippingDiscountCents", o."shippingTaxCents", o."shippingTaxBasisPoints", o."confirmedAt"
     FROM jsonb_to_record($3::jsonb) AS o(id text, number text, status text, "fulfillmentStatus" text, "customerId" text,
       "cartId" text, email text, locale text, "currencyCode" text, "subtotalCents" bigint, "discountCents" bigint,
       "shippingCents" bigint, "taxCents" bigint, "taxIncluded" boolean, "totalCents" bigint, "shippingAddress" jsonb,
       "billingAddress" jsonb, "shippingMethodId" text, "shippingMethodName" text, "couponCodes" text[],
       "paymentDueAt" timestamptz, "placedAt" timestamptz, version int, "shippingDiscountCents" bigint, "shippingTaxCents" bigint,
       "shippingTaxBasisPoints" int, "confirmedAt" timestamptz)
     WHERE EXISTS (SELECT 1 FROM placed)),
   lines AS (
     INSERT INTO order_line (id, order_id, position, variant_id, product_name, variant_name, sku, image_url, quantity,
       unit_price_cents, discount_cents, tax_cents, tax_basis_points, total_cents)
     SELECT l.id, $1, l.position, l."variantId", l."productName", l."variantName", l.sku, l."imageUrl", l.quantity,
       l."unitPriceCents", l."discountCents", l."taxCents", l."taxBasisPoints", l."totalCents"
     FROM jsonb_to_recordset($4::jsonb) AS l(id text, position int, "variantId" text, "productName" text, "variantName" text,
       sku text, "imageUrl" text, quantity int, "unitPriceCents" bigint, "discountCents" bigint, "taxCents" bigint,
       "taxBasisPoints" int, "totalCents" bigint)
     WHERE EXISTS (SELECT 1 FROM placed)),
   timeline AS (${TIMELINE_INSERT('$5')} WHERE EXISTS (SELECT 1 FROM placed)),
   outbox AS (${OUTBOX_INSERT('$6')} WHERE EXISTS (SELECT 1 FROM placed))
   SELECT 1 AS placed FROM placed`,
);

const startUndo = sql<{ order_id: string }>(
  'placement.startUndo',
  `UPDATE placement SET step = 'UNDOING', refusal = $3, lease_until = now() + $4 * interval '1 millisecond', updated_at = now()
   WHERE order_id = $1 AND run_token = $2 AND step = 'RUNNING' RETURNING order_id`,
);

const endRefused = sql(
  'placement.endRefused',
  `UPDATE placement SET step = $3, refusal = $4, updated_at = now()
   WHERE order_id = $1 AND run_token = $2 AND step IN ('RUNNING', 'UNDOING')`,
);

const postpone = sql(
  'placement.postpone',
  `UPDATE placement SET lease_until = now() + $3 * interval '1 millisecond', updated_at = now()
   WHERE order_id = $1 AND run_token = $2 AND step IN ('RUNNING', 'UNDOING')`,
);

const takeOver = sql<PlacementRow>(
  'placement.takeOver',
  `UPDATE placement p SET run_token = $1, lease_until = now() + $2 * interval '1 millisecond', attempts = p.attempts + 1, updated_at = now()
   FROM (SELECT scope, key FROM placement WHERE step IN ('RUNNING', 'UNDOING') AND lease_until < now()
         ORDER BY lease_until LIMIT $3 FOR UPDATE SKIP LOCKED) AS due
   WHERE p.scope = due.scope AND p.key = due.key
   RETURNING ${COLUMNS}`,
);

/** The parameters of `commitPlacement`. Whoever names `handedOverBy` hands the events over after the commit. */
export const placementParams = (
  placement: Placement,
  placed: PlacedOrder,
  published: readonly EventEnvelope[],
  handedOverBy?: Database,
): unknown[] => [
  placement.orderId,
  placement.runToken,
  JSON.stringify(placed.order),
  JSON.stringify(placed.lines.map((line, position) => ({ ...line, position }))),
  JSON.stringify(timelineRows(placement.orderId, placed.timeline)),
  outboxRows(published, handedOverBy),
];

/** Whether a commit failed because another order has its number. */
export const violatesNumber = (error: unknown): boolean =>
  (error as { constraint?: string }).constraint === 'orders_number_key';

/** The sagas in Postgres: each method is one named statement. */
export function createPlacementStore(database: Database): PlacementStore {
  return {
    async claim(c, leaseMs) {
      const input = JSON.stringify(c.input);
      const params = [c.scope, c.key, c.inputHash, input, c.orderId, c.customerId, c.runToken, leaseMs];
      const [row] = await database.query(claim, [...params, c.traceparent, c.correlationId]);
      if (row === undefined) throw new Error('a claim answers one row');
      return placementOf(row);
    },
    async find(scope, key) {
      const [row] = await database.query(find, [scope, key]);
      return row && placementOf(row);
    },
    async commit(placement, placed, published) {
      const told = [...published, ...auditRecords([placement.orderId])];
      try {
        const rows = await database.query(commitPlacement, placementParams(placement, placed, told, database));
        if (rows.length !== 1) return 'LOST';
        handOver(database, told);
        return 'COMMITTED';
      } catch (error) {
        if (violatesNumber(error)) return 'NUMBER_TAKEN';
        throw error;
      }
    },
    async startUndo(placement, refusal, leaseMs) {
      const params = [placement.orderId, placement.runToken, JSON.stringify(refusal), leaseMs];
      return (await database.query(startUndo, params)).length === 1;
    },
    async endRefused(placement, refusal) {
      const step: PlacementStep = refusal.remembered ? 'REFUSED' : 'ABANDONED';
      await database.query(endRefused, [placement.orderId, placement.runToken, step, JSON.stringify(refusal)]);
    },
    async postpone(placement, delayMs) {
      await database.query(postpone, [placement.orderId, placement.runToken, delayMs]);
    },
    async takeOver(runToken, leaseMs, limit) {
      return (await database.query(takeOver, [runToken, leaseMs, limit])).map(placementOf);
    },
  };
}

function placementOf(row: PlacementRow): Placement {
  return {
    scope: row.scope,
    key: row.key,
    inputHash: row.input_hash,
    input: row.input,
    orderId: row.order_id,
    customerId: row.customer_id,
    step: row.step,
    runToken: row.run_token,
    leaseExpired: row.lease_expired,
    attempts: row.attempts,
    refusal: row.refusal,
    traceparent: row.traceparent,
    correlationId: row.correlation_id,
  };
}
