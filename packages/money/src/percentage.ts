import { divideHalfUp } from './divideHalfUp.js';
import { type Money, safe } from './money.js';
import { MoneyError } from './moneyError.js';

/** Basis points in one whole: 10 000 = 100 %. */
export const BASIS_POINTS = 10_000;

/**
 * This many basis points of the amount (1900 = 19 %), rounded half up, away from zero.
 * Throws `INVALID_RATE` unless the rate is an integer ≥ 0.
 */
export function percentage(amount: Money, basisPoints: number): Money {
  const numerator = BigInt(safe(amount.centAmount)) * BigInt(rate(basisPoints));
  return { centAmount: divideHalfUp(numerator, BigInt(BASIS_POINTS)), currencyCode: amount.currencyCode };
}

/** The rate itself, or `INVALID_RATE` unless it is an integer ≥ 0. */
export function rate(basisPoints: number): number {
  if (!Number.isSafeInteger(basisPoints) || basisPoints < 0) {
    throw new MoneyError('INVALID_RATE', `${basisPoints} is not a rate in basis points.`);
  }
  return basisPoints;
}
