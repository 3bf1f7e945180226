import { allocate, money, percentage, splitTaxExcluded, splitTaxIncluded } from '@souk/money';
import { type Cart, destination } from './cart.js';
import { type DiscountRefusal, inapplicableBecause, type Promotion } from './promotion.js';
import { quoteShipping, type Rules, type ShippingQuote, type TaxRate } from './rules.js';

/** Minor units; `total` = subtotal − discount; `tax` is in it, or on it when prices do not include tax. */
export interface LinePrice {
  readonly subtotal: number;
  readonly discount: number;
  readonly total: number;
  readonly tax: number;
}

export interface Allocation {
  readonly promotion: Promotion;
  /** Null: it reduces shipping. */
  readonly lineId: string | null;
  readonly amount: number;
}

export interface CodeState {
  readonly code: string;
  readonly reason: DiscountRefusal | null;
}

/**
 * A priced cart, in minor units of its currency. Always exactly:
 * total = subtotal + (shipping ?? 0) − discount + (taxIncluded ? 0 : tax ?? 0), discount = Σ allocations =
 * Σ lines.discount + shippingDiscount, tax = Σ lines.tax + shippingTax, and nothing is negative.
 */
export interface Pricing {
  readonly currencyCode: string;
  readonly lines: readonly LinePrice[];
  readonly subtotal: number;
  readonly discount: number;
  readonly shippingDiscount: number;
  readonly shipping: number | null;
  readonly tax: number | null;
  readonly shippingTax: number;
  /** The rate of all taxes of this cart, that of its destination; 0 while that is not known. 1900 = 19 %. */
  readonly taxBasisPoints: number;
  readonly taxIncluded: boolean;
  readonly total: number;
  readonly allocations: readonly Allocation[];
  readonly codes: readonly CodeState[];
  /** Promotions that take something off: what an order has to claim. */
  readonly applied: readonly Promotion[];
  readonly shippingMethods: readonly ShippingQuote[];
  readonly selectedShippingMethod: ShippingQuote | null;
}

const UNTAXED: TaxRate = { basisPoints: 0, included: true };

/**
 * Prices a cart. Automatic promotions apply first, then the cart's codes in their order, each on what the earlier ones
 * left; line discounts are shared in proportion to what is left of each line; taxes are rounded per line.
 * `codePromotions` are the promotions behind the cart's codes, in any order.
 */
export function priceCart(cart: Cart, rules: Rules, codePromotions: readonly Promotion[], now: Date): Pricing {
  const { currencyCode } = cart;
  const subtotals = cart.lines.map((line) => line.unitPrice * line.quantity);
  const subtotal = total(subtotals);
  const countryCode = destination(cart);
  const weightGrams = total(cart.lines.map((line) => (line.weightGrams ?? 0) * line.quantity));
  const shippingMethods = quoteShipping(rules.shippingMethods, { countryCode, currencyCode, weightGrams, subtotal });
  const selectedShippingMethod = shippingMethods.find((method) => method.id === cart.shippingMethodId) ?? null;
  const shipping = selectedShippingMethod?.price ?? null;

  const byCode = new Map(codePromotions.map((promotion) => [promotion.code, promotion]));
  const codes = cart.discountCodes.map((code): CodeState & { promotion: Promotion | undefined } => {
    const promotion = byCode.get(code);
    const reason = promotion ? inapplicableBecause(promotion, { now, currencyCode, subtotal }) : 'DISCOUNT_INVALID';
    return { code, reason: reason ?? null, promotion };
  });
  const promotions = [
    ...rules.automaticPromotions.filter(
      (promotion) => !inapplicableBecause(promotion, { now, currencyCode, subtotal }),
    ),
    ...codes.flatMap(({ promotion, reason }) => (promotion && reason === null ? [promotion] : [])),
  ];
  const discounts = applyPromotions(promotions, { cart, subtotals, shipping: shipping ?? 0 });

  const taxRate = countryCode === null ? null : (rules.taxRates.get(countryCode) ?? UNTAXED);
  const lines = subtotals.map((lineSubtotal, index): LinePrice => {
    const left = discounts.left[index] ?? 0;
    return {
      subtotal: lineSubtotal,
      discount: lineSubtotal - left,
      total: left,
      tax: taxOf(left, taxRate, currencyCode),
    };
  });
  const shippingTax = taxOf((shipping ?? 0) - discounts.shippingDiscount, taxRate, currencyCode);
  const tax = taxRate === null ? null : total(lines.map((line) => line.tax)) + shippingTax;
  const taxIncluded = taxRate?.included ?? true;
  const discount = total(discounts.allocations.map((allocation) => allocation.amount));
  return {
    currencyCode,
    lines,
    subtotal,
    discount,
    shippingDiscount: discounts.shippingDiscount,
    shipping,
    tax,
    shippingTax,
    taxBasisPoints: taxRate?.basisPoints ?? 0,
    taxIncluded,
    total: subtotal + (shipping ?? 0) - discount + (taxIncluded ? 0 : (tax ?? 0)),
    allocations: discounts.allocations,
    codes: codes.map(({ code, reason }) => ({ code, reason })),
    applied: promotions.filter((promotion) => discounts.allocations.some((part) => part.promotion === promotion)),
    shippingMethods,
    selectedShippingMethod,
  };
}

function applyPromotions(
  promotions: readonly Promotion[],
  o: { cart: Cart; subtotals: readonly number[]; shipping: number },
) {
  const left = [...o.subtotals];
  const allocations: Allocation[] = [];
  let shippingLeft = o.shipping;
  for (const promotion of promotions) {
    if (promotion.kind === 'FREE_SHIPPING') {
      if (shippingLeft > 0) allocations.push({ promotion, lineId: null, amount: shippingLeft });
      shippingLeft = 0;
      continue;
    }
    const whole = money(total(left), o.cart.currencyCode);
    const off =
      promotion.kind === 'PERCENT_OFF_ORDER'
        ? percentage(whole, promotion.value * 100)
        : money(Math.min(promotion.amount ?? 0, whole.centAmount), o.cart.currencyCode);
    if (off.centAmount === 0) continue;
    allocate(off, left).forEach((part, index) => {
      if (part.centAmount === 0) return;
      left[index] = (left[index] ?? 0) - part.centAmount;
      allocations.push({ promotion, lineId: o.cart.lines[index]?.id ?? null, amount: part.centAmount });
    });
  }
  return { left, allocations, shippingDiscount: o.shipping - shippingLeft };
}

function taxOf(amount: number, rate: TaxRate | null, currencyCode: string): number {
  if (rate === null || rate.basisPoints === 0 || amount === 0) return 0;
  const split = rate.included ? splitTaxIncluded : splitTaxExcluded;
  return split(money(amount, currencyCode), rate.basisPoints).tax.centAmount;
}

function total(amounts: readonly number[]): number {
  return amounts.reduce((sum, amount) => sum + amount, 0);
}
