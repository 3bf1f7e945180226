import { type Cart, MAX_SUBTOTAL, type Quotes, type VariantQuote } from './cart.js';
import { sells } from './lines.js';
import { type Pricing, priceCart } from './pricing.js';
import type { Promotion } from './promotion.js';
import type { Rules } from './rules.js';

/** Lines that are in no cart, and how they are to be priced. Amounts in minor units of `currencyCode`. */
export interface LinesToQuote {
  readonly currencyCode: string;
  readonly countryCode: string;
  readonly lines: readonly {
    readonly variantId: string;
    readonly quantity: number;
    /** What staff charge for a unit instead of the catalogue's price. */
    readonly unitPrice: number | null;
  }[];
  readonly shippingMethodId: string | null;
  /** What staff take off the lines, shared among them as a promotion's discount is. */
  readonly discount: { readonly percent: number } | { readonly amount: number } | null;
}

export interface QuotedLine {
  readonly variant: VariantQuote;
  readonly quantity: number;
  readonly unitPrice: number;
  readonly discount: number;
  readonly tax: number;
  readonly total: number;
  /** Whether the catalogue sells it in this currency at this moment. */
  readonly forSale: boolean;
}

export interface LinesQuote {
  /** In the order of what was asked; null for what the catalogue does not know. */
  readonly lines: readonly (QuotedLine | null)[];
  readonly pricing: Pricing;
}

const STAFF_DISCOUNT = 'STAFF';

/**
 * Prices lines as a cart with them would be priced, by the same rules but without promotions: what staff sell is discounted by
 * staff only. Undefined when they are worth more than can be computed exactly. What is not for sale is priced all the same,
 * so that its caller can say which lines are in the way.
 */
export function quoteLines(wanted: LinesToQuote, quotes: Quotes, rules: Rules, now: Date): LinesQuote | undefined {
  const known = wanted.lines.flatMap((line, index) => {
    const variant = quotes.get(line.variantId);
    return variant === undefined ? [] : [{ ...line, index, variant }];
  });
  const lines = known.map(({ variant, quantity, unitPrice, index }) => ({
    ...variant,
    id: String(index),
    quantity,
    unitPrice: unitPrice ?? variant.unitPrice.centAmount,
    unitPriceWhenAdded: variant.unitPrice.centAmount,
  }));
  if (lines.reduce((sum, line) => sum + line.unitPrice * line.quantity, 0) > MAX_SUBTOTAL) return undefined;
  const discount = discountOf(wanted);
  const cart: Cart = {
    ...NO_CART,
    currencyCode: wanted.currencyCode,
    countryCode: wanted.countryCode,
    shippingMethodId: wanted.shippingMethodId,
    discountCodes: discount === null ? [] : [STAFF_DISCOUNT],
    lines,
  };
  const pricing = priceCart(cart, { ...rules, automaticPromotions: [] }, discount === null ? [] : [discount], now);
  const quoted = new Map(
    known.map(({ index, quantity, unitPrice, variant }, place): [number, QuotedLine] => {
      const price = pricing.lines[place];
      if (price === undefined) throw new Error('a line was not priced');
      return [
        index,
        {
          variant,
          quantity,
          unitPrice: unitPrice ?? variant.unitPrice.centAmount,
          discount: price.discount,
          tax: price.tax,
          total: price.total,
          forSale: sells(variant, wanted.currencyCode),
        },
      ];
    }),
  );
  return { lines: wanted.lines.map((_, index) => quoted.get(index) ?? null), pricing };
}

function discountOf({ discount, currencyCode }: LinesToQuote): Promotion | null {
  if (discount === null) return null;
  const by =
    'percent' in discount
      ? ({ kind: 'PERCENT_OFF_ORDER', value: discount.percent, amount: null } as const)
      : ({ kind: 'AMOUNT_OFF_ORDER', value: 0, amount: discount.amount } as const);
  return {
    ...by,
    id: STAFF_DISCOUNT,
    name: STAFF_DISCOUNT,
    code: STAFF_DISCOUNT,
    currencyCode,
    minSubtotal: null,
    startsAt: null,
    endsAt: null,
    usageLimit: null,
    perCustomerLimit: null,
    timesUsed: 0,
    isActive: true,
  };
}

const EPOCH = new Date(0);
const NO_CART: Cart = {
  id: '',
  customerId: null,
  status: 'ACTIVE',
  version: 1,
  currencyCode: '',
  countryCode: null,
  email: null,
  shippingAddress: null,
  billingAddress: null,
  shippingMethodId: null,
  discountCodes: [],
  note: null,
  lines: [],
  mergedIntoId: null,
  createdAt: EPOCH,
  updatedAt: EPOCH,
  expiresAt: EPOCH,
};
