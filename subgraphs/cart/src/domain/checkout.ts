import { type GraphMoney, money, toGraph } from '@souk/money';
import type { Cart, PostalAddress, Quotes } from './cart.js';
import { requote, sells } from './lines.js';
import type { Pricing } from './pricing.js';

export type CheckoutRefusalCode =
  | 'NOT_FOUND'
  | 'CART_CHANGED'
  | 'CART_EMPTY'
  | 'CART_COMPLETED'
  | 'CART_EXPIRED'
  | 'EMAIL_NOT_SET'
  | 'SHIPPING_ADDRESS_NOT_SET'
  | 'SHIPPING_METHOD_NOT_SET'
  | 'SHIPPING_METHOD_INELIGIBLE'
  | 'VARIANT_UNAVAILABLE'
  | 'INSUFFICIENT_STOCK'
  | 'CURRENCY_MISMATCH'
  | 'DISCOUNT_LIMIT_REACHED'
  | 'DEPENDENCY_UNAVAILABLE'
  | 'CONFLICT';

/** Why a cart cannot be ordered as it is. */
export interface CheckoutRefusal {
  readonly code: CheckoutRefusalCode;
  readonly message: string;
  readonly variantId?: string;
  readonly quantityAvailable?: number;
  readonly discountCode?: string;
}

/** What an order keeps of its cart; the graph's `CartCheckout`. Stored as it is, so that asking again gives the same. */
export interface CheckoutAnswer {
  readonly orderId: string;
  readonly cartId: string;
  readonly cartVersion: number;
  readonly customerId: string | null;
  readonly email: string;
  readonly currencyCode: string;
  readonly lines: readonly CheckoutLine[];
  readonly subtotal: GraphMoney;
  readonly discount: GraphMoney;
  readonly shippingDiscount: GraphMoney;
  readonly shipping: GraphMoney;
  readonly tax: GraphMoney;
  readonly shippingTax: GraphMoney;
  readonly shippingTaxBasisPoints: number;
  readonly taxIncluded: boolean;
  readonly total: GraphMoney;
  readonly shippingAddress: PostalAddress;
  readonly billingAddress: PostalAddress | null;
  readonly shippingMethodId: string;
  readonly shippingMethodName: string;
  readonly discountCodes: readonly string[];
  readonly note: string | null;
}

export interface CheckoutLine {
  readonly variantId: string;
  readonly productId: string;
  readonly productName: string;
  readonly variantName: string | null;
  readonly sku: string;
  readonly imageUrl: string | null;
  readonly quantity: number;
  readonly unitPrice: GraphMoney;
  readonly discount: GraphMoney;
  readonly tax: GraphMoney;
  readonly taxBasisPoints: number;
  readonly total: GraphMoney;
}

/** Why this version of a cart cannot be ordered, before anybody is asked about prices. Empty: it can, so far. */
export function notReadyBecause(cart: Cart, cartVersion: number, now: Date): CheckoutRefusal[] {
  if (cart.status === 'COMPLETED' || cart.status === 'MERGED') {
    return [{ code: 'CART_COMPLETED', message: 'This cart was ordered or merged into another one.' }];
  }
  if (cart.status === 'EXPIRED' || cart.expiresAt <= now) {
    return [{ code: 'CART_EXPIRED', message: 'This cart has expired.' }];
  }
  if (cart.version !== cartVersion) {
    return [
      { code: 'CART_CHANGED', message: 'The cart was changed since it was shown. Look at it again before ordering.' },
    ];
  }
  const refusals: CheckoutRefusal[] = [];
  if (cart.lines.length === 0) refusals.push({ code: 'CART_EMPTY', message: 'The cart is empty.' });
  if (cart.email === null) refusals.push({ code: 'EMAIL_NOT_SET', message: 'An e-mail address is needed.' });
  if (cart.shippingAddress === null) {
    refusals.push({ code: 'SHIPPING_ADDRESS_NOT_SET', message: 'A shipping address is needed.' });
  }
  if (cart.shippingMethodId === null) {
    refusals.push({ code: 'SHIPPING_METHOD_NOT_SET', message: 'A shipping method is needed.' });
  }
  return refusals;
}

/** The cart at the catalogue's present prices, or every line that cannot be ordered. */
export function repriceForOrder(cart: Cart, quotes: Quotes): { cart: Cart; refusals: CheckoutRefusal[] } {
  const refusals = cart.lines.flatMap((line): CheckoutRefusal[] => {
    const quote = quotes.get(line.variantId);
    const about = { variantId: line.variantId };
    if (quote?.purchasable && quote.unitPrice.currencyCode !== cart.currencyCode) {
      return [
        {
          ...about,
          code: 'CURRENCY_MISMATCH',
          message: `${line.productName} is sold in ${quote.unitPrice.currencyCode}.`,
        },
      ];
    }
    if (!quote || !sells(quote, cart.currencyCode)) {
      return [{ ...about, code: 'VARIANT_UNAVAILABLE', message: `${line.productName} is no longer for sale.` }];
    }
    if (line.quantity > quote.quantityAvailable) {
      const { quantityAvailable } = quote;
      const message = `Only ${quantityAvailable} of ${line.productName} left.`;
      return [{ ...about, code: 'INSUFFICIENT_STOCK', message, quantityAvailable }];
    }
    return [];
  });
  return { cart: requote(cart, quotes), refusals };
}

/** Whether two states of one cart differ in what the customer pays for a line. */
export function pricesDiffer(a: Cart, b: Cart): boolean {
  return a.lines.some((line, index) => line.unitPrice !== b.lines[index]?.unitPrice);
}

/** The order's copy of a priced cart. Throws when the cart was not ready: {@link notReadyBecause} comes first. */
export function checkoutAnswer(o: {
  orderId: string;
  cart: Cart;
  customerId: string | null;
  pricing: Pricing;
}): CheckoutAnswer {
  const { cart, pricing } = o;
  const { selectedShippingMethod } = pricing;
  if (cart.email === null || cart.shippingAddress === null || selectedShippingMethod === null) {
    throw new Error(`cart ${cart.id} is not ready to be ordered`);
  }
  const amount = (centAmount: number) => toGraph(money(centAmount, cart.currencyCode));
  return {
    orderId: o.orderId,
    cartId: cart.id,
    cartVersion: cart.version,
    customerId: o.customerId,
    email: cart.email,
    currencyCode: cart.currencyCode,
    lines: cart.lines.map((line, index): CheckoutLine => {
      const price = pricing.lines[index];
      if (!price) throw new Error(`line ${line.id} has no price`);
      return {
        variantId: line.variantId,
        productId: line.productId,
        productName: line.productName,
        variantName: line.variantName,
        sku: line.sku,
        imageUrl: line.imageUrl,
        quantity: line.quantity,
        unitPrice: amount(line.unitPrice),
        discount: amount(price.discount),
        tax: amount(price.tax),
        taxBasisPoints: pricing.taxBasisPoints,
        total: amount(price.total),
      };
    }),
    subtotal: amount(pricing.subtotal),
    discount: amount(pricing.discount),
    shippingDiscount: amount(pricing.shippingDiscount),
    shipping: amount(pricing.shipping ?? 0),
    tax: amount(pricing.tax ?? 0),
    shippingTax: amount(pricing.shippingTax),
    shippingTaxBasisPoints: pricing.taxBasisPoints,
    taxIncluded: pricing.taxIncluded,
    total: amount(pricing.total),
    shippingAddress: cart.shippingAddress,
    billingAddress: cart.billingAddress,
    shippingMethodId: selectedShippingMethod.id,
    shippingMethodName: selectedShippingMethod.name,
    discountCodes: pricing.applied.flatMap((promotion) => (promotion.code === null ? [] : [promotion.code])),
    note: cart.note,
  };
}
