import type { Fulfillment } from './fulfillment.js';
import type { FulfillmentStatus, OrderStatus } from './orderStates.js';
import type { OrderReturn } from './return.js';

/** A postal address, as the graph's `Address`. */
export interface Address {
  readonly fullName: string;
  readonly company?: string | null;
  readonly streetLine1: string;
  readonly streetLine2?: string | null;
  readonly city: string;
  readonly region?: string | null;
  readonly postalCode?: string | null;
  readonly countryCode: string;
  readonly phone?: string | null;
}

/** What was bought, named and priced as when it was bought. Amounts in minor units of the order's currency. */
export interface OrderLine {
  readonly id: string;
  readonly variantId: string;
  readonly productName: string;
  readonly variantName: string | null;
  readonly sku: string;
  readonly imageUrl: string | null;
  readonly quantity: number;
  readonly unitPriceCents: number;
  readonly discountCents: number;
  readonly taxCents: number;
  /** The rate of `taxCents`: 1900 = 19 %. Null for what was ordered before rates were kept. */
  readonly taxBasisPoints: number | null;
  /** unitPrice × quantity − discount. */
  readonly totalCents: number;
  /** Units handed to a carrier, delivered of those, and returned of those: 0 ≤ returned ≤ fulfilled ≤ quantity, delivered ≤ fulfilled. */
  readonly quantityFulfilled: number;
  readonly quantityDelivered: number;
  readonly quantityReturned: number;
  /** What returns gave back for it so far. */
  readonly refundedCents: number;
  /** What a return paid of it: an exchanged article has the total 0, and is still worth this when it comes back itself. */
  readonly coveredCents: number;
  /** The return (`rtn_…`) in exchange for which it is delivered; null for what was bought. */
  readonly exchangeOf: string | null;
}

/** A line as it begins: nothing of it was handed over yet. */
export type NewOrderLine = Omit<
  OrderLine,
  'quantityFulfilled' | 'quantityDelivered' | 'quantityReturned' | 'refundedCents' | 'coveredCents' | 'exchangeOf'
>;

export const orderLine = (line: NewOrderLine): OrderLine => ({
  ...line,
  quantityFulfilled: 0,
  quantityDelivered: 0,
  quantityReturned: 0,
  refundedCents: 0,
  coveredCents: 0,
  exchangeOf: null,
});

export type TimelineType =
  | 'PLACED'
  | 'STOCK_RESERVED'
  | 'PAYMENT_WINDOW_EXTENDED'
  | 'PAYMENT_AUTHORIZED'
  | 'PAYMENT_CAPTURED'
  | 'PAYMENT_VOIDED'
  | 'PAYMENT_DISPUTED'
  | 'PAYMENT_FAILED'
  | 'CONFIRMED'
  | 'EXPIRED'
  | 'CANCELLED'
  | 'REFUND_REQUIRED'
  | 'REFUNDED'
  | 'FULFILLED'
  | 'PARCEL_MOVED'
  | 'TRACKING_UPDATED'
  | 'DELIVERED'
  | 'PARCEL_SENT_BACK'
  | 'FULFILLMENT_CANCELLED'
  | 'RETURN_REQUESTED'
  | 'RETURN_APPROVED'
  | 'RETURN_DECLINED'
  | 'RETURN_CANCELLED'
  | 'RETURN_RECEIVED'
  | 'RETURN_CLOSED'
  | 'EXCHANGE_UNAVAILABLE'
  | 'COMPLETED'
  | 'EDITED'
  | 'EDIT_PROPOSED'
  | 'EDIT_LAPSED'
  | 'LINES_CANCELLED'
  | 'CLAIMED'
  | 'NOTE_ADDED';

/** One entry of an order's history. */
export interface TimelineEntry {
  readonly id: string;
  readonly type: TimelineType;
  readonly message: string | null;
  /** `usr_…`, `anonymous` or `service:<name>`. */
  readonly actor: string;
  readonly traceId: string;
  /** False for what only the staff may read. */
  readonly isPublic: boolean;
  readonly data: Readonly<Record<string, unknown>> | null;
  readonly createdAt: Date;
}

/** An edit of a paid order that costs more: `dueCents` until `dueAt`. */
export interface OpenEdit {
  readonly id: string;
  readonly dueAt: Date;
  readonly dueCents: number;
}

/** Everything under which an order holds stock. */
export const stockIdsOf = (order: Pick<Order, 'id' | 'extraStockIds'>): string[] => [order.id, ...order.extraStockIds];

/** A placed order, without its lines and its history. Amounts in minor units of `currencyCode`. */
export interface Order {
  readonly id: string;
  readonly number: string;
  readonly status: OrderStatus;
  readonly fulfillmentStatus: FulfillmentStatus;
  /** Null for guests. */
  readonly customerId: string | null;
  /** Null for an order that staff made without a cart. */
  readonly cartId: string | null;
  readonly email: string;
  readonly locale: string;
  readonly currencyCode: string;
  readonly subtotalCents: number;
  readonly discountCents: number;
  readonly shippingCents: number;
  /** What of `discountCents` is taken off shipping. This and the next two are null for what was ordered before they were kept. */
  readonly shippingDiscountCents: number | null;
  /** What of `taxCents` is for shipping, and its rate: 1900 = 19 %. */
  readonly shippingTaxCents: number | null;
  readonly shippingTaxBasisPoints: number | null;
  readonly taxCents: number;
  readonly taxIncluded: boolean;
  readonly totalCents: number;
  readonly shippingAddress: Address;
  readonly billingAddress: Address | null;
  readonly shippingMethodId: string;
  readonly shippingMethodName: string;
  readonly couponCodes: readonly string[];
  readonly paymentDueAt: Date;
  readonly paymentId: string | null;
  /** What its payment is for, when that is not the order itself: its price rose while too little was on its way. */
  readonly paymentPurposeId: string | null;
  /** Under what it holds stock beside its own id: edits, exchanges. */
  readonly extraStockIds: readonly string[];
  /** The edit that waits for its payment. */
  readonly openEdit: OpenEdit | null;
  readonly placedAt: Date;
  readonly confirmedAt: Date | null;
  readonly expiredAt: Date | null;
  /** Since when the whole order is with its customer. */
  readonly deliveredAt: Date | null;
  readonly completedAt: Date | null;
  readonly cancelledAt: Date | null;
  readonly cancelReason: string | null;
  readonly cancelKey: string | null;
  readonly version: number;
}

/** An order as it was read: the parts that were not asked for are undefined. */
export interface OrderView extends Order {
  readonly lines?: readonly OrderLine[] | undefined;
  readonly timeline?: readonly TimelineEntry[] | undefined;
  readonly fulfillments?: readonly Fulfillment[] | undefined;
  readonly returns?: readonly OrderReturn[] | undefined;
}
