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

/** Making a formatter costs a hundred times what using it does. */
const formatters = new Map<string, Intl.NumberFormat>();
const KEPT_FORMATTERS = 200;

function formatter(currencyCode: string, locale: string): Intl.NumberFormat {
  const key = `${currencyCode} ${locale}`;
  let made = formatters.get(key);
  if (!made) {
    const digits = fractionDigits(currencyCode);
    made = new Intl.NumberFormat(locale, {
      style: 'currency',
      currency: currencyCode,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
    if (formatters.size >= KEPT_FORMATTERS) formatters.clear();
    formatters.set(key, made);
  }
  return made;
}

/** For people: 1999 EUR → "€19.99" (en), "19,99 €" (de). Exact at any size; `locale` is BCP 47. */
export function format(amount: Money, locale = 'en'): string {
  return formatter(amount.currencyCode, locale).format(toDecimal(amount) as `${number}`);
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
