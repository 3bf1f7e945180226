import { type ServiceClient, ServiceUnavailable } from '@souk/runtime';
import type { CartPort } from '../app/ports.js';
import type { CheckedOutCart } from '../domain/decidePlacement.js';
import type { Address } from '../domain/order.js';
import type { Refusal } from '../domain/refusal.js';

interface Cents {
  readonly centAmount: number;
}

interface CheckoutData {
  readonly cartCheckout: {
    readonly checkout: null | {
      readonly cartId: string;
      readonly customerId: string | null;
      readonly email: string;
      readonly currencyCode: string;
      readonly lines: readonly {
        readonly variantId: string;
        readonly productName: string;
        readonly variantName: string | null;
        readonly sku: string;
        readonly imageUrl: string | null;
        readonly quantity: number;
        readonly unitPrice: Cents;
        readonly discount: Cents;
        readonly tax: Cents;
        readonly taxBasisPoints: number | null;
        readonly total: Cents;
      }[];
      readonly subtotal: Cents;
      readonly discount: Cents;
      readonly shipping: Cents;
      readonly shippingDiscount: Cents;
      readonly tax: Cents;
      readonly shippingTax: Cents;
      readonly shippingTaxBasisPoints: number | null;
      readonly taxIncluded: boolean;
      readonly total: Cents;
      readonly shippingAddress: Address;
      readonly billingAddress: Address | null;
      readonly shippingMethodId: string;
      readonly shippingMethodName: string;
      readonly discountCodes: readonly string[];
    };
    readonly refusals: readonly CheckoutRefusal[];
  };
}

interface CheckoutRefusal {
  readonly code: string;
  readonly message: string;
  readonly variantId: string | null;
  readonly quantityAvailable: number | null;
}

const ADDRESS = '{ fullName company streetLine1 streetLine2 city region postalCode countryCode phone }';
const CHECKOUT = `mutation OrderCartCheckout($cartId: ID!, $cartVersion: Int!, $orderId: ID!, $viewerUserId: ID) {
  cartCheckout(cartId: $cartId, cartVersion: $cartVersion, orderId: $orderId, viewerUserId: $viewerUserId) {
    checkout {
      cartId customerId email currencyCode
      lines {
        variantId productName variantName sku imageUrl quantity
        unitPrice { centAmount } discount { centAmount } tax { centAmount } taxBasisPoints total { centAmount }
      }
      subtotal { centAmount } discount { centAmount } shipping { centAmount } tax { centAmount } taxIncluded total { centAmount }
      shippingDiscount { centAmount } shippingTax { centAmount } shippingTaxBasisPoints
      shippingAddress ${ADDRESS} billingAddress ${ADDRESS}
      shippingMethodId shippingMethodName discountCodes
    }
    refusals { code message variantId quantityAvailable }
  }
}`;
const RELEASE = `mutation OrderCartRelease($orderId: ID!) { cartCheckoutRelease(orderId: $orderId) { released } }`;
const TIMEOUT_MS = 4_000;

/** The cart service, called as a service. */
export function createCartPort(client: ServiceClient): CartPort {
  return {
    async checkout(request) {
      const { cartCheckout } = await client.request<CheckoutData>(CHECKOUT, request, { timeoutMs: TIMEOUT_MS });
      if (cartCheckout.checkout !== null) return { kind: 'LOCKED', cart: cartOf(cartCheckout.checkout) };
      const { refusals } = cartCheckout;
      if (refusals.length === 0) throw new ServiceUnavailable('cart', 'answered neither a checkout nor a refusal');
      if (refusals.some(({ code }) => code === 'DEPENDENCY_UNAVAILABLE' || code === 'CONFLICT')) {
        return { kind: 'UNAVAILABLE' };
      }
      return { kind: 'REFUSED', refusals: refusals.map(refusalOf) };
    },
    async release(orderId) {
      await client.request(RELEASE, { orderId }, { timeoutMs: TIMEOUT_MS });
    },
  };
}

function cartOf(checkout: NonNullable<CheckoutData['cartCheckout']['checkout']>): CheckedOutCart {
  const { subtotal, discount, shipping, shippingDiscount, tax, shippingTax, total, lines, ...rest } = checkout;
  return {
    ...rest,
    lines: lines.map(({ unitPrice, discount, tax, total, ...line }) => ({
      ...line,
      unitPriceCents: unitPrice.centAmount,
      discountCents: discount.centAmount,
      taxCents: tax.centAmount,
      totalCents: total.centAmount,
    })),
    subtotalCents: subtotal.centAmount,
    discountCents: discount.centAmount,
    shippingCents: shipping.centAmount,
    shippingDiscountCents: shippingDiscount.centAmount,
    shippingTaxCents: shippingTax.centAmount,
    taxCents: tax.centAmount,
    totalCents: total.centAmount,
  };
}

/** A cart's refusal in the words of orderPlace. */
function refusalOf({ code, message, variantId, quantityAvailable }: CheckoutRefusal): Refusal {
  const field = ['input', 'cartId'];
  switch (code) {
    case 'CART_CHANGED':
      return { code, message, field: ['input', 'cartVersion'] };
    case 'CART_EMPTY':
    case 'EMAIL_NOT_SET':
    case 'SHIPPING_ADDRESS_NOT_SET':
    case 'SHIPPING_METHOD_NOT_SET':
    case 'DISCOUNT_LIMIT_REACHED':
      return { code, message, field };
    case 'SHIPPING_METHOD_INELIGIBLE':
      return { code: 'SHIPPING_METHOD_NOT_SET', message, field };
    case 'VARIANT_UNAVAILABLE':
    case 'INSUFFICIENT_STOCK':
      return variantId === null
        ? { code: 'CONFLICT', message, field }
        : { code: 'INSUFFICIENT_STOCK', variantId, quantityAvailable: quantityAvailable ?? 0 };
    case 'NOT_FOUND':
    case 'CART_EXPIRED':
      return { code: 'NOT_FOUND', message, field };
    default:
      return { code: 'CONFLICT', message, field };
  }
}
