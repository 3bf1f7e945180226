export type PromotionKind = 'PERCENT_OFF_ORDER' | 'AMOUNT_OFF_ORDER' | 'FREE_SHIPPING';

/** Amounts are minor units of `currencyCode`. */
export interface Promotion {
  readonly id: string;
  readonly name: string;
  /** Upper case; null: applies by itself. */
  readonly code: string | null;
  readonly kind: PromotionKind;
  /** Percent of PERCENT_OFF_ORDER. */
  readonly value: number;
  readonly currencyCode: string | null;
  readonly amount: number | null;
  readonly minSubtotal: number | null;
  readonly startsAt: Date | null;
  readonly endsAt: Date | null;
  readonly usageLimit: number | null;
  readonly perCustomerLimit: number | null;
  readonly timesUsed: number;
  readonly isActive: boolean;
}

export type DiscountRefusal = 'DISCOUNT_INVALID' | 'DISCOUNT_EXPIRED' | 'DISCOUNT_LIMIT_REACHED';

const CODE = /^[A-Z0-9_-]{3,40}$/;

/** A code as it is stored and compared, or undefined when no code looks like that. */
export function normalizeCode(text: string): string | undefined {
  const code = text.trim().toUpperCase();
  return CODE.test(code) ? code : undefined;
}

/** Why nobody can use this promotion at this moment, whatever is in the cart; undefined when it can be used. */
export function unusableBecause(promotion: Promotion, now: Date): DiscountRefusal | undefined {
  if (!promotion.isActive || (promotion.startsAt && promotion.startsAt > now)) return 'DISCOUNT_INVALID';
  if (promotion.endsAt && promotion.endsAt <= now) return 'DISCOUNT_EXPIRED';
  if (promotion.usageLimit !== null && promotion.timesUsed >= promotion.usageLimit) return 'DISCOUNT_LIMIT_REACHED';
  return undefined;
}

/** Why this promotion does not apply to a cart of this currency and subtotal; undefined when it does. */
export function inapplicableBecause(
  promotion: Promotion,
  o: { now: Date; currencyCode: string; subtotal: number },
): DiscountRefusal | undefined {
  const unusable = unusableBecause(promotion, o.now);
  if (unusable) return unusable;
  if (promotion.currencyCode !== null && promotion.currencyCode !== o.currencyCode) return 'DISCOUNT_INVALID';
  if (promotion.minSubtotal !== null && o.subtotal < promotion.minSubtotal) return 'DISCOUNT_INVALID';
  return undefined;
}
