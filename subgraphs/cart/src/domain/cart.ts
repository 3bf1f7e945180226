import type { Money } from '@souk/money';

export type CartStatus = 'ACTIVE' | 'COMPLETED' | 'MERGED' | 'EXPIRED';

export interface PostalAddress {
  readonly fullName: string;
  readonly company: string | null;
  readonly streetLine1: string;
  readonly streetLine2: string | null;
  readonly city: string;
  readonly region: string | null;
  readonly postalCode: string | null;
  readonly countryCode: string;
  readonly phone: string | null;
}

/** A line with the catalogue's data of the cart's last change. Prices are minor units of the cart's currency. */
export interface CartLine {
  readonly id: string;
  readonly variantId: string;
  readonly productId: string;
  readonly productName: string;
  readonly variantName: string | null;
  readonly sku: string;
  readonly imageUrl: string | null;
  readonly quantity: number;
  readonly unitPrice: number;
  readonly unitPriceWhenAdded: number;
  readonly weightGrams: number | null;
}

export interface Cart {
  readonly id: string;
  readonly customerId: string | null;
  readonly status: CartStatus;
  readonly version: number;
  readonly currencyCode: string;
  readonly countryCode: string | null;
  readonly email: string | null;
  readonly shippingAddress: PostalAddress | null;
  readonly billingAddress: PostalAddress | null;
  readonly shippingMethodId: string | null;
  readonly discountCodes: readonly string[];
  readonly note: string | null;
  readonly lines: readonly CartLine[];
  readonly mergedIntoId: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly expiresAt: Date;
}

/** What the catalogue says about a variant at this moment. */
export interface VariantQuote {
  readonly variantId: string;
  readonly productId: string;
  readonly productName: string;
  readonly variantName: string | null;
  readonly sku: string;
  readonly imageUrl: string | null;
  readonly unitPrice: Money;
  readonly purchasable: boolean;
  readonly quantityAvailable: number;
  readonly weightGrams: number | null;
}

export type Quotes = ReadonlyMap<string, VariantQuote>;

export const MAX_LINES = 250;
export const MAX_QUANTITY = 999;
export const MAX_CODES = 5;
/** A cart that is not changed for this long expires. */
export const CART_LIFETIME_MS = 30 * 24 * 3_600_000;
/** Above this many minor units a variant is not for sale: 250 lines of 999 of them still sum exactly. */
export const MAX_UNIT_PRICE = 10_000_000_000;
/** Carts worth more minor units than this are refused when lines are added. */
export const MAX_SUBTOTAL = 1_000_000_000_000;

/** A guest's cart is used by whoever knows its id; a user's by that user. */
export function mayUse(cart: Cart, userId: string | undefined): boolean {
  return cart.customerId === null || cart.customerId === userId;
}

/** The destination that decides on tax and shipping, as far as it is known. */
export function destination(cart: Cart): string | null {
  return cart.shippingAddress?.countryCode ?? cart.countryCode;
}

/** The next version of a cart: every change starts its lifetime anew. */
export function nextVersion(cart: Cart, now: Date): Cart {
  return {
    ...cart,
    version: cart.version + 1,
    updatedAt: now,
    expiresAt: new Date(now.getTime() + CART_LIFETIME_MS),
  };
}
