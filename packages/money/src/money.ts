import { isCurrencyCode } from './currency.js';
import { MoneyError } from './moneyError.js';

/** An amount in integer minor units (cents for EUR, yen for JPY) of one currency. Never a float, may be negative. */
export interface Money {
  readonly centAmount: number;
  readonly currencyCode: string;
}

/** Builds an amount. Throws `UNSAFE_AMOUNT` when it is no integer within ±(2^53 − 1). */
export function money(centAmount: number, currencyCode: string): Money {
  return { centAmount: safe(centAmount), currencyCode };
}

/** Zero in this currency. */
export function zero(currencyCode: string): Money {
  return { centAmount: 0, currencyCode };
}

/** True for a well-formed amount in a known currency; what a client sent is checked with this. */
export function isMoney(value: unknown): value is Money {
  if (typeof value !== 'object' || value === null) return false;
  const { centAmount, currencyCode } = value as Partial<Money>;
  return Number.isSafeInteger(centAmount) && typeof currencyCode === 'string' && isCurrencyCode(currencyCode);
}

/** a + b. Throws `CURRENCY_MISMATCH` or `UNSAFE_AMOUNT`. */
export function add(a: Money, b: Money): Money {
  sameCurrency(a, b);
  return money(a.centAmount + b.centAmount, a.currencyCode);
}

/** a − b. Throws `CURRENCY_MISMATCH` or `UNSAFE_AMOUNT`. */
export function subtract(a: Money, b: Money): Money {
  sameCurrency(a, b);
  return money(a.centAmount - b.centAmount, a.currencyCode);
}

/** a × an integer (a quantity). Throws `UNSAFE_AMOUNT` for a fraction or an overflow. */
export function multiply(a: Money, times: number): Money {
  return money(safe(a.centAmount) * safe(times), a.currencyCode);
}

/** Σ of the amounts; `currencyCode` is that of an empty sum. Throws like {@link add}. */
export function sum(amounts: readonly Money[], currencyCode: string): Money {
  return amounts.reduce(add, zero(currencyCode));
}

/** Negative, 0 or positive like a comparator. Throws `CURRENCY_MISMATCH`. */
export function compare(a: Money, b: Money): number {
  sameCurrency(a, b);
  return a.centAmount - b.centAmount;
}

/** Same amount in the same currency; different currencies are simply not equal. */
export function equals(a: Money, b: Money): boolean {
  return a.currencyCode === b.currencyCode && a.centAmount === b.centAmount;
}

/** The smaller amount. Throws `CURRENCY_MISMATCH`. */
export function min(a: Money, b: Money): Money {
  return compare(a, b) <= 0 ? a : b;
}

/** Throws `CURRENCY_MISMATCH` unless both are in one currency. */
export function sameCurrency(a: Money, b: Money): void {
  if (a.currencyCode !== b.currencyCode) {
    throw new MoneyError('CURRENCY_MISMATCH', `Cannot combine ${a.currencyCode} with ${b.currencyCode}.`);
  }
}

/** The integer itself, or `UNSAFE_AMOUNT`: beyond 2^53 − 1 a JavaScript number loses cents silently. */
export function safe(value: number): number {
  if (!Number.isSafeInteger(value)) throw new MoneyError('UNSAFE_AMOUNT', `${value} is not a safe integer.`);
  return value === 0 ? 0 : value;
}
