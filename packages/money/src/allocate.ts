import { type Money, safe } from './money.js';
import { MoneyError } from './moneyError.js';

/**
 * Splits an amount in proportion to the weights so that the parts sum to it exactly (largest remainder; equal
 * remainders go to the earlier part). Every part is within one minor unit of its exact share, and a weight of 0
 * gets 0. All weights 0: equal shares. Throws `INVALID_WEIGHTS` for none, a fraction or a negative one.
 */
export function allocate(amount: Money, weights: readonly number[]): Money[] {
  if (weights.length === 0) throw new MoneyError('INVALID_WEIGHTS', 'There is nothing to allocate to.');
  if (weights.some((weight) => !Number.isSafeInteger(weight) || weight < 0)) {
    throw new MoneyError('INVALID_WEIGHTS', 'Weights are integers of at least 0.');
  }
  const effective = weights.some((weight) => weight > 0) ? weights : weights.map(() => 1);
  const whole = effective.reduce((total, weight) => total + BigInt(weight), 0n);
  const negative = safe(amount.centAmount) < 0;
  const magnitude = BigInt(Math.abs(amount.centAmount));

  const parts = effective.map((weight, index) => {
    const share = magnitude * BigInt(weight);
    return { index, floor: share / whole, remainder: share % whole };
  });
  let left = magnitude - parts.reduce((total, part) => total + part.floor, 0n);
  const byRemainder = [...parts].sort((a, b) => Number(b.remainder > a.remainder) - Number(b.remainder < a.remainder));
  for (const part of byRemainder) {
    if (left === 0n) break;
    part.floor += 1n;
    left -= 1n;
  }
  return parts.map(({ floor }) => ({
    centAmount: floor === 0n ? 0 : Number(negative ? -floor : floor),
    currencyCode: amount.currencyCode,
  }));
}
