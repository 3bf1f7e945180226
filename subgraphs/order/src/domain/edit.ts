import type { Address } from './order.js';
import type { Refusal } from './refusal.js';

/**
 * PREPARING → APPLIED or AWAITING_PAYMENT, or → UNDOING → REFUSED (remembered) or ABANDONED (an outage: the key may try again);
 * AWAITING_PAYMENT → APPLIED, EXPIRED (not paid in time) or CANCELLED (called off, or it no longer fits the order).
 */
export type EditState =
  | 'PREPARING'
  | 'APPLIED'
  | 'AWAITING_PAYMENT'
  | 'EXPIRED'
  | 'CANCELLED'
  | 'UNDOING'
  | 'REFUSED'
  | 'ABANDONED';

/** What staff want changed, or which units a customer wants to cancel. */
export interface EditRequest {
  readonly addLines: readonly { readonly variantId: string; readonly quantity: number }[];
  /** Units that a line is to have; 0 takes it off. More than it has adds the difference at today's price, as a line of its own. */
  readonly setQuantities: readonly { readonly lineId: string; readonly quantity: number }[];
  readonly shippingAddress: Address | null;
  readonly billingAddress: Address | null;
  readonly shippingMethodId: string | null;
}

/** A line that an edit changes or adds. Amounts in minor units of the order's currency. */
export interface EditedLine {
  readonly id: string;
  readonly variantId: string;
  readonly productName: string;
  readonly variantName: string | null;
  readonly sku: string;
  readonly imageUrl: string | null;
  /** 0: the edit adds it. */
  readonly quantityBefore: number;
  readonly quantity: number;
  readonly unitPriceCents: number;
  readonly discountCents: number;
  readonly taxCents: number;
  readonly taxBasisPoints: number | null;
  readonly totalCents: number;
}

/** The sums of an order. total = subtotal − discount + shipping, + tax unless it is included. */
export interface OrderAmounts {
  readonly subtotalCents: number;
  readonly discountCents: number;
  readonly shippingCents: number;
  readonly shippingDiscountCents: number | null;
  readonly shippingTaxCents: number | null;
  readonly shippingTaxBasisPoints: number | null;
  readonly taxCents: number;
  readonly totalCents: number;
}

export interface StockUnits {
  readonly variantId: string;
  readonly quantity: number;
}

/** Everything that an edit does, decided on one version of the order. Stored, so plain JSON. */
export interface EditPlan {
  readonly lines: readonly EditedLine[];
  readonly before: OrderAmounts;
  readonly after: OrderAmounts;
  /** Units that the order no longer needs. */
  readonly removed: readonly StockUnits[];
  /** Units that it needs in addition: held under the edit's id before the edit is written. */
  readonly reserved: readonly StockUnits[];
  readonly shippingAddress: Address | null;
  readonly billingAddress: Address | null;
  readonly shippingMethod: { readonly id: string; readonly name: string } | null;
}

/** What the edit is to be paid, or (negative) what goes back. */
export const differenceCents = (plan: Pick<EditPlan, 'before' | 'after'>): number =>
  plan.after.totalCents - plan.before.totalCents;

/** A change of an order after it was placed. */
export interface OrderEdit {
  readonly id: string;
  readonly orderId: string;
  readonly kind: 'EDIT' | 'LINES_CANCEL';
  /** Actor, order and idempotency key. */
  readonly key: string;
  readonly inputHash: string;
  readonly state: EditState;
  /** Null until it is decided. */
  readonly plan: EditPlan | null;
  readonly dueAt: Date | null;
  readonly paymentId: string | null;
  readonly refusal: EditRefusal | null;
  readonly note: string | null;
  readonly actor: string;
  readonly createdAt: Date;
  readonly settledAt: Date | null;
}

/** `remembered` refusals are the key's answer for ever; after the others the key may try again. */
export interface EditRefusal {
  readonly remembered: boolean;
  readonly errors: readonly Refusal[];
}
