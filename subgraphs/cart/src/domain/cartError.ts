import type { Cart } from './cart.js';

export type CartErrorCode =
  | 'INVALID'
  | 'REQUIRED'
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'VARIANT_UNAVAILABLE'
  | 'QUANTITY_LIMIT'
  | 'CART_COMPLETED'
  | 'CART_EXPIRED'
  | 'CART_LINE_LIMIT'
  | 'DISCOUNT_INVALID'
  | 'DISCOUNT_EXPIRED'
  | 'DISCOUNT_LIMIT_REACHED'
  | 'SHIPPING_METHOD_INELIGIBLE'
  | 'CURRENCY_MISMATCH'
  | 'DEPENDENCY_UNAVAILABLE';

/** Why a cart was not changed. `field` is the path of the argument that caused it. */
export type CartError =
  | { readonly code: CartErrorCode; readonly message: string; readonly field?: readonly string[] }
  | {
      readonly code: 'INSUFFICIENT_STOCK';
      readonly message: string;
      readonly field?: readonly string[];
      readonly variantId: string;
      readonly quantityAvailable: number;
    };

/** A changed cart, or all reasons why it stays as it is. */
export type CartDecision =
  | { readonly ok: true; readonly cart: Cart }
  | { readonly ok: false; readonly errors: readonly CartError[] };

export const changed = (cart: Cart): CartDecision => ({ ok: true, cart });
export const refused = (...errors: readonly CartError[]): CartDecision => ({ ok: false, errors });

/** An expected refusal with its path. */
export function cartError(code: CartErrorCode, message: string, field?: readonly string[]): CartError {
  return field ? { code, message, field } : { code, message };
}

/** Why this cart takes no changes any more, or undefined while it does. */
export function closedBecause(cart: Cart, now: Date): CartError | undefined {
  if (cart.status === 'COMPLETED' || cart.status === 'MERGED') {
    return cartError('CART_COMPLETED', 'This cart was ordered or merged into another one.', ['cartId']);
  }
  if (cart.status === 'EXPIRED' || cart.expiresAt <= now) {
    return cartError('CART_EXPIRED', 'This cart has expired.', ['cartId']);
  }
  return undefined;
}
