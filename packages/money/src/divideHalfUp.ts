import { MoneyError } from './moneyError.js';

/**
 * numerator ÷ denominator to the nearest integer, halves away from zero (2.5 → 3, −2.5 → −3): the commercial rounding
 * that tax offices and payment providers use. Exact for any size, as it is done in big integers.
 */
export function divideHalfUp(numerator: bigint, denominator: bigint): number {
  if (denominator <= 0n) throw new MoneyError('INVALID_RATE', 'The denominator must be positive.');
  const magnitude = numerator < 0n ? -numerator : numerator;
  const rounded = (magnitude * 2n + denominator) / (denominator * 2n);
  const result = Number(numerator < 0n ? -rounded : rounded);
  if (!Number.isSafeInteger(result)) throw new MoneyError('UNSAFE_AMOUNT', `${result} is not a safe integer.`);
  return result === 0 ? 0 : result;
}
