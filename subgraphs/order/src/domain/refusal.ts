import type { Money } from '@souk/money';

/** A refusal that its code and its message explain. */
export interface PlainRefusal {
  readonly code:
    | 'INVALID'
    | 'NOT_FOUND'
    | 'CONFLICT'
    | 'IDEMPOTENCY_KEY_REUSED'
    | 'CART_EMPTY'
    | 'CART_CHANGED'
    | 'EMAIL_NOT_SET'
    | 'EMAIL_NOT_VERIFIED'
    | 'SHIPPING_ADDRESS_NOT_SET'
    | 'SHIPPING_METHOD_NOT_SET'
    | 'DISCOUNT_LIMIT_REACHED'
    | 'VARIANT_UNAVAILABLE'
    | 'ILLEGAL_TRANSITION'
    | 'RETURN_WINDOW_CLOSED'
    | 'QUANTITY_EXCEEDS_ORDERED'
    | 'EXCHANGE_NOT_COVERED'
    | 'DEPENDENCY_UNAVAILABLE';
  readonly message: string;
  /** Path of the argument that caused it. */
  readonly field?: readonly string[];
}

/** Why an order was not placed, or not changed. Stored under the idempotency key, so plain JSON. */
export type Refusal =
  | PlainRefusal
  | { readonly code: 'PRICE_CHANGED'; readonly expected: Money; readonly actual: Money }
  | { readonly code: 'INSUFFICIENT_STOCK'; readonly variantId: string; readonly quantityAvailable: number };
