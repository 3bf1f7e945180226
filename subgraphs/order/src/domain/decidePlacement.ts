import { equals, type Money, money } from '@souk/money';
import {
  type Address,
  type NewOrderLine,
  type Order,
  type OrderLine,
  orderLine,
  type TimelineEntry,
  type TimelineType,
} from './order.js';
import type { Refusal } from './refusal.js';

/** A cart that was re-priced and locked for one order. */
export interface CheckedOutCart {
  /** Null for a draft of the staff. */
  readonly cartId: string | null;
  readonly customerId: string | null;
  readonly email: string;
  readonly currencyCode: string;
  readonly lines: readonly Omit<NewOrderLine, 'id'>[];
  readonly subtotalCents: number;
  readonly discountCents: number;
  readonly shippingCents: number;
  readonly shippingDiscountCents: number;
  readonly shippingTaxCents: number;
  readonly shippingTaxBasisPoints: number | null;
  readonly taxCents: number;
  readonly taxIncluded: boolean;
  readonly totalCents: number;
  readonly shippingAddress: Address;
  readonly billingAddress: Address | null;
  readonly shippingMethodId: string;
  readonly shippingMethodName: string;
  readonly discountCodes: readonly string[];
}

/** What the customer asked for. */
export interface PlacementTerms {
  readonly orderId: string;
  readonly expectedTotal: Money;
  readonly locale: string;
}

/** The moment, the ids and who acts: everything that a pure decision cannot make up itself. */
export interface PlacementSetting {
  readonly now: Date;
  readonly number: string;
  readonly paymentWindowMs: number;
  readonly actor: string;
  readonly traceId: string;
  readonly newLineId: () => string;
  readonly newTimelineId: () => string;
}

/** An order that is ready to be committed. */
export interface PlacedOrder {
  readonly order: Order;
  readonly lines: readonly OrderLine[];
  readonly timeline: readonly TimelineEntry[];
}

/** Refuses a total that is not the one the customer agreed to. Null when it is. */
export function priceRefusal(cart: CheckedOutCart, expectedTotal: Money): Refusal | null {
  const actual = money(cart.totalCents, cart.currencyCode);
  return equals(actual, expectedTotal) ? null : { code: 'PRICE_CHANGED', expected: expectedTotal, actual };
}

/**
 * Turns a locked, re-priced cart into an order, which is confirmed at once when it costs nothing: there is nothing to wait for. Throws when the cart's amounts do not add up: that is a bug of its pricing.
 */
export function decidePlacement(cart: CheckedOutCart, terms: PlacementTerms, setting: PlacementSetting): PlacedOrder {
  assertAddsUp(cart);
  const isFree = cart.totalCents === 0;
  const entry = (type: TimelineType): TimelineEntry => ({
    id: setting.newTimelineId(),
    type,
    message: null,
    actor: setting.actor,
    traceId: setting.traceId,
    isPublic: true,
    data: null,
    createdAt: setting.now,
  });
  return {
    order: {
      id: terms.orderId,
      number: setting.number,
      status: isFree ? 'CONFIRMED' : 'PENDING_PAYMENT',
      fulfillmentStatus: 'UNFULFILLED',
      customerId: cart.customerId,
      cartId: cart.cartId,
      email: cart.email,
      locale: terms.locale,
      currencyCode: cart.currencyCode,
      subtotalCents: cart.subtotalCents,
      discountCents: cart.discountCents,
      shippingCents: cart.shippingCents,
      shippingDiscountCents: cart.shippingDiscountCents,
      shippingTaxCents: cart.shippingTaxCents,
      shippingTaxBasisPoints: cart.shippingTaxBasisPoints,
      taxCents: cart.taxCents,
      taxIncluded: cart.taxIncluded,
      totalCents: cart.totalCents,
      shippingAddress: cart.shippingAddress,
      billingAddress: cart.billingAddress,
      shippingMethodId: cart.shippingMethodId,
      shippingMethodName: cart.shippingMethodName,
      couponCodes: cart.discountCodes,
      paymentDueAt: new Date(setting.now.getTime() + setting.paymentWindowMs),
      paymentId: null,
      paymentPurposeId: null,
      extraStockIds: [],
      openEdit: null,
      placedAt: setting.now,
      confirmedAt: isFree ? setting.now : null,
      expiredAt: null,
      deliveredAt: null,
      completedAt: null,
      cancelledAt: null,
      cancelReason: null,
      cancelKey: null,
      // Being placed is the first thing that happens to it, being confirmed the second.
      version: isFree ? 2 : 1,
    },
    lines: cart.lines.map((line) => orderLine({ ...line, id: setting.newLineId() })),
    timeline: [entry('PLACED'), entry('STOCK_RESERVED'), ...(isFree ? [entry('CONFIRMED')] : [])],
  };
}

function assertAddsUp(cart: CheckedOutCart): void {
  const ofLines = (pick: (line: CheckedOutCart['lines'][number]) => number) =>
    cart.lines.reduce((sum, line) => sum + pick(line), 0);
  const total = cart.subtotalCents - cart.discountCents + cart.shippingCents + (cart.taxIncluded ? 0 : cart.taxCents);
  const linesAddUp = cart.lines.every(
    (line) => line.totalCents === line.unitPriceCents * line.quantity - line.discountCents,
  );
  if (
    total !== cart.totalCents ||
    !linesAddUp ||
    ofLines((line) => line.unitPriceCents * line.quantity) !== cart.subtotalCents ||
    ofLines((line) => line.discountCents) > cart.discountCents
  ) {
    throw new RangeError(`the amounts of cart ${cart.cartId} do not add up`);
  }
}
