import type { EditRefusal, OrderEdit } from '../domain/edit.js';
import type { EditQuote, LineToQuote } from '../domain/planEdit.js';
import type { Refusal } from '../domain/refusal.js';

/** An edit as it is written with a change of its order. */
export interface EditWrite {
  readonly edit: OrderEdit;
  /** How it must stand for that: run by this token, or waiting for its payment. Null when it is new. */
  readonly from:
    | { readonly state: 'PREPARING'; readonly runToken: string }
    | { readonly state: 'AWAITING_PAYMENT' }
    | null;
}

/** An edit that was claimed by its key: ours when it carries our run token. */
export interface ClaimedEdit extends OrderEdit {
  readonly runToken: string;
  readonly leaseExpired: boolean;
  readonly attempts: number;
  readonly traceparent: string;
  readonly correlationId: string;
}

export type EditClaim = Pick<
  ClaimedEdit,
  'id' | 'orderId' | 'key' | 'inputHash' | 'note' | 'actor' | 'runToken' | 'traceparent' | 'correlationId'
>;

/** Edits of orders. What changes an order as well is written by `OrderStore.apply`. Every change is fenced by the run token. */
export interface EditStore {
  /** Claims the key (also one that was abandoned), or answers what became of it. */
  claim(claim: EditClaim, leaseMs: number): Promise<ClaimedEdit>;
  byKey(key: string): Promise<OrderEdit | undefined>;
  byIds(ids: readonly string[]): Promise<(OrderEdit | undefined)[]>;
  /** The edits of each order that were decided on, the newest first; one statement. */
  ofOrders(orderIds: readonly string[]): Promise<OrderEdit[][]>;
  /** PREPARING → UNDOING: from then on the edit does not happen. False when the run was lost. */
  startUndo(edit: ClaimedEdit, refusal: EditRefusal, leaseMs: number): Promise<boolean>;
  /** PREPARING or UNDOING → REFUSED or ABANDONED. */
  endRefused(edit: ClaimedEdit, refusal: EditRefusal): Promise<void>;
  /** Gives an undo back to the sweeper, which takes it up after `delayMs`. */
  postpone(edit: ClaimedEdit, delayMs: number): Promise<void>;
  /** Takes over edits that nobody runs any more; several processes never get the same one. */
  takeOver(runToken: string, leaseMs: number, limit: number): Promise<ClaimedEdit[]>;
  /** Edits that were not paid in time, the oldest first. */
  overdue(limit: number): Promise<OrderEdit[]>;
}

export interface QuoteRequest {
  readonly currencyCode: string;
  readonly countryCode: string;
  readonly lines: readonly LineToQuote[];
  readonly shippingMethodId: string | null;
  /** What staff take off the lines. */
  readonly discount: { readonly percent: number } | { readonly centAmount: number } | null;
}

/** Every way of shipping that can deliver what was quoted. */
export interface QuotedShipping {
  readonly id: string;
  readonly name: string;
  readonly priceCents: number;
}

/** The sums of what was quoted; total = subtotal − discount + shipping, + tax unless it is included. */
export interface FullQuote extends EditQuote {
  readonly subtotalCents: number;
  readonly discountCents: number;
  readonly taxCents: number;
  readonly shippingTaxCents: number;
  readonly totalCents: number;
  readonly shippingMethods: readonly QuotedShipping[];
}

export type QuoteAnswer =
  | { readonly kind: 'QUOTED'; readonly quote: FullQuote }
  | { readonly kind: 'REFUSED'; readonly refusal: Refusal };

/** What lines that are in no cart cost at this moment; the cart service keeps the rules. Throws ServiceUnavailable. */
export interface QuotePort {
  quote(request: QuoteRequest): Promise<QuoteAnswer>;
}

export interface RefillRequest {
  readonly customerId: string;
  readonly currencyCode: string;
  readonly countryCode: string;
  readonly email: string;
  readonly lines: readonly { readonly variantId: string; readonly quantity: number }[];
}

export type RefillAnswer =
  | {
      readonly kind: 'REFILLED';
      /** Null when nothing of it can be bought any more. */
      readonly cartId: string | null;
      readonly skipped: readonly string[];
      readonly reduced: readonly string[];
    }
  | { readonly kind: 'REFUSED'; readonly refusal: Refusal };

/** Makes carts of what was bought before. Throws ServiceUnavailable. */
export interface RefillPort {
  refill(request: RefillRequest): Promise<RefillAnswer>;
}
