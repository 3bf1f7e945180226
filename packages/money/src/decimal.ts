import { fractionDigits } from './currency.js';
import { type Money, safe } from './money.js';

/** The amount as a plain decimal string with all its fraction digits: 1999 EUR → "19.99", −5 EUR → "-0.05". */
export function toDecimal(amount: Money): string {
  const digits = fractionDigits(amount.currencyCode);
  const sign = safe(amount.centAmount) < 0 ? '-' : '';
  const magnitude = String(Math.abs(amount.centAmount));
  if (digits === 0) return sign + magnitude;
  const padded = magnitude.padStart(digits + 1, '0');
  return `${sign}${padded.slice(0, -digits)}.${padded.slice(-digits)}`;
}

/** For people: 1999 EUR → "€19.99" (en), "19,99 €" (de). Exact at any size; `locale` is BCP 47. */
export function format(amount: Money, locale = 'en'): string {
  const digits = fractionDigits(amount.currencyCode);
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: amount.currencyCode,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(toDecimal(amount) as `${number}`);
}

/** The `Money` type of the graph. */
export interface GraphMoney {
  readonly centAmount: number;
  readonly currencyCode: string;
  readonly fractionDigits: number;
  readonly amount: string;
}

/** What a resolver returns for a `Money` field. */
export function toGraph(amount: Money): GraphMoney {
  return {
    centAmount: amount.centAmount,
    currencyCode: amount.currencyCode,
    fractionDigits: fractionDigits(amount.currencyCode),
    amount: toDecimal(amount),
  };
}
