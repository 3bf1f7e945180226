import type { Promotion } from './promotion.js';

/** A price rule of a shipping method. Amounts are minor units of its currency, weights grams. */
export interface ShippingRate {
  readonly countryCodes: readonly string[];
  readonly currencyCode: string;
  readonly minWeightGrams: number;
  readonly maxWeightGrams: number | null;
  readonly base: number;
  readonly perKg: number;
  readonly freeFrom: number | null;
}

/** `rates` in the order in which they are tried. */
export interface ShippingMethod {
  readonly id: string;
  readonly name: string;
  readonly estimatedDays: number | null;
  readonly rates: readonly ShippingRate[];
}

export interface TaxRate {
  readonly basisPoints: number;
  /** Whether prices contain the tax. */
  readonly included: boolean;
}

/** Everything that prices a cart and is the same for all carts. */
export interface Rules {
  readonly shippingMethods: readonly ShippingMethod[];
  readonly taxRates: ReadonlyMap<string, TaxRate>;
  /** Promotions without a code. */
  readonly automaticPromotions: readonly Promotion[];
}

export interface ShippingQuote {
  readonly id: string;
  readonly name: string;
  readonly estimatedDays: number | null;
  readonly price: number;
}

/** The methods that can deliver to this country, with their prices; none while the country is not known. */
export function quoteShipping(
  methods: readonly ShippingMethod[],
  o: { countryCode: string | null; currencyCode: string; weightGrams: number; subtotal: number },
): ShippingQuote[] {
  const { countryCode } = o;
  if (countryCode === null) return [];
  return methods.flatMap((method) => {
    const rate = method.rates.find(
      (candidate) =>
        candidate.currencyCode === o.currencyCode &&
        (candidate.countryCodes.length === 0 || candidate.countryCodes.includes(countryCode)) &&
        o.weightGrams >= candidate.minWeightGrams &&
        (candidate.maxWeightGrams === null || o.weightGrams <= candidate.maxWeightGrams),
    );
    if (!rate) return [];
    const { id, name, estimatedDays } = method;
    return [{ id, name, estimatedDays, price: shippingPrice(rate, o) }];
  });
}

const GRAMS_PER_KG = 1_000;

function shippingPrice(rate: ShippingRate, o: { weightGrams: number; subtotal: number }): number {
  if (rate.freeFrom !== null && o.subtotal >= rate.freeFrom) return 0;
  return rate.base + rate.perKg * Math.ceil((o.weightGrams - rate.minWeightGrams) / GRAMS_PER_KG);
}
