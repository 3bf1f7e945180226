import { divideHalfUp } from './divideHalfUp.js';
import { add, type Money, safe, subtract } from './money.js';
import { BASIS_POINTS, percentage, rate } from './percentage.js';

/** An amount taken apart: `net + tax = gross`, always exactly. */
export interface TaxSplit {
  readonly net: Money;
  readonly tax: Money;
  readonly gross: Money;
}

/** The tax contained in a price that includes it: gross × rate ÷ (1 + rate), rounded half up. Rate in basis points. */
export function splitTaxIncluded(gross: Money, basisPoints: number): TaxSplit {
  const included = BigInt(safe(gross.centAmount)) * BigInt(rate(basisPoints));
  const tax = {
    centAmount: divideHalfUp(included, BigInt(BASIS_POINTS + basisPoints)),
    currencyCode: gross.currencyCode,
  };
  return { net: subtract(gross, tax), tax, gross };
}

/** The tax to be added to a price without it: net × rate, rounded half up. Rate in basis points. */
export function splitTaxExcluded(net: Money, basisPoints: number): TaxSplit {
  const tax = percentage(net, basisPoints);
  return { net, tax, gross: add(net, tax) };
}
