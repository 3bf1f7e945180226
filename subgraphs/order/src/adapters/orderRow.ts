import type { Address, OrderLine, OrderView, TimelineEntry } from '../domain/order.js';
import type { FulfillmentStatus, OrderStatus } from '../domain/orderStates.js';
import { type FulfillmentJson, fulfillmentOf, type ReturnJson, returnOf } from './parcelRow.js';

/** What `orderColumns` selects, with `PARCEL_COLUMNS` behind it or without. */
export interface OrderRow {
  readonly id: string;
  readonly number: string;
  readonly status: OrderStatus;
  readonly fulfillment_status: FulfillmentStatus;
  readonly customer_id: string | null;
  readonly cart_id: string | null;
  readonly email: string;
  readonly locale: string;
  readonly currency_code: string;
  readonly subtotal_cents: number;
  readonly discount_cents: number;
  readonly shipping_cents: number;
  readonly shipping_discount_cents: number | null;
  readonly shipping_tax_cents: number | null;
  readonly shipping_tax_basis_points: number | null;
  readonly tax_cents: number;
  readonly tax_included: boolean;
  readonly total_cents: number;
  readonly shipping_address: Address;
  readonly billing_address: Address | null;
  readonly shipping_method_id: string;
  readonly shipping_method_name: string;
  readonly coupon_codes: string[];
  readonly payment_due_at: Date;
  readonly payment_id: string | null;
  readonly payment_purpose_id: string | null;
  readonly extra_stock_ids: string[];
  readonly open_edit: { id: string; dueAt: string; dueCents: number } | null;
  readonly placed_at: Date;
  readonly confirmed_at: Date | null;
  readonly expired_at: Date | null;
  readonly delivered_at: Date | null;
  readonly completed_at: Date | null;
  readonly cancelled_at: Date | null;
  readonly cancel_reason: string | null;
  readonly cancel_key: string | null;
  readonly version: number;
  /** Null when they were not asked for. */
  readonly lines: OrderLine[] | null;
  readonly fulfillments?: FulfillmentJson[];
  readonly returns?: ReturnJson[];
  readonly timeline: (Omit<TimelineEntry, 'createdAt'> & { createdAt: string })[] | null;
}

/**
 * The columns of `orders AS o`; with lines and timeline as JSON when the conditions (parameters, or `false`) say so, so that
 * any number of orders is one statement and nothing is read that nobody asked for.
 */
export const orderColumns = (
  lines: string,
  timeline: string,
): string => `o.id, o.number, o.status, o.fulfillment_status,
  o.customer_id, o.cart_id, o.email, o.locale, o.currency_code, o.subtotal_cents, o.discount_cents, o.shipping_cents,
  o.tax_cents, o.tax_included, o.total_cents, o.shipping_address, o.billing_address, o.shipping_method_id,
  o.shipping_method_name, o.coupon_codes, o.payment_due_at, o.payment_id,
  o.payment_purpose_id, o.extra_stock_ids, o.open_edit, o.placed_at, o.confirmed_at, o.expired_at, o.delivered_at, o.completed_at,
  o.cancelled_at, o.cancel_reason, o.cancel_key, o.version, o.shipping_discount_cents, o.shipping_tax_cents,
  o.shipping_tax_basis_points,
  CASE WHEN ${lines} THEN (
    SELECT coalesce(json_agg(json_build_object('id', l.id, 'variantId', l.variant_id, 'productName', l.product_name,
      'variantName', l.variant_name, 'sku', l.sku, 'imageUrl', l.image_url, 'quantity', l.quantity,
      'unitPriceCents', l.unit_price_cents, 'discountCents', l.discount_cents, 'taxCents', l.tax_cents,
      'taxBasisPoints', l.tax_basis_points,
      'totalCents', l.total_cents, 'quantityFulfilled', l.quantity_fulfilled, 'quantityDelivered', l.quantity_delivered,
      'quantityReturned', l.quantity_returned, 'refundedCents', l.refunded_cents, 'coveredCents', l.covered_cents,
      'exchangeOf', l.exchange_of) ORDER BY l.position), '[]'::json)
    FROM order_line l WHERE l.order_id = o.id) END AS lines,
  CASE WHEN ${timeline} THEN (
    SELECT coalesce(json_agg(json_build_object('id', e.id, 'type', e.type, 'message', e.message, 'actor', e.actor,
      'traceId', e.trace_id, 'isPublic', e.is_public, 'data', e.data, 'createdAt', e.created_at) ORDER BY e.position), '[]'::json)
    FROM order_event e WHERE e.order_id = o.id) END AS timeline`;

/** A row in the domain's words. */
export function orderOf(row: OrderRow): OrderView {
  return {
    id: row.id,
    number: row.number,
    status: row.status,
    fulfillmentStatus: row.fulfillment_status,
    customerId: row.customer_id,
    cartId: row.cart_id,
    email: row.email,
    locale: row.locale,
    currencyCode: row.currency_code,
    subtotalCents: row.subtotal_cents,
    discountCents: row.discount_cents,
    shippingCents: row.shipping_cents,
    shippingDiscountCents: row.shipping_discount_cents,
    shippingTaxCents: row.shipping_tax_cents,
    shippingTaxBasisPoints: row.shipping_tax_basis_points,
    taxCents: row.tax_cents,
    taxIncluded: row.tax_included,
    totalCents: row.total_cents,
    shippingAddress: row.shipping_address,
    billingAddress: row.billing_address,
    shippingMethodId: row.shipping_method_id,
    shippingMethodName: row.shipping_method_name,
    couponCodes: row.coupon_codes,
    paymentDueAt: row.payment_due_at,
    paymentId: row.payment_id,
    paymentPurposeId: row.payment_purpose_id,
    extraStockIds: row.extra_stock_ids,
    openEdit: row.open_edit && { ...row.open_edit, dueAt: new Date(row.open_edit.dueAt) },
    placedAt: row.placed_at,
    confirmedAt: row.confirmed_at,
    expiredAt: row.expired_at,
    deliveredAt: row.delivered_at,
    completedAt: row.completed_at,
    cancelledAt: row.cancelled_at,
    cancelReason: row.cancel_reason,
    cancelKey: row.cancel_key,
    version: row.version,
    lines: row.lines ?? undefined,
    fulfillments: row.fulfillments?.map(fulfillmentOf),
    returns: row.returns?.map(returnOf),
    timeline: row.timeline?.map((entry) => ({ ...entry, createdAt: new Date(entry.createdAt) })),
  };
}
