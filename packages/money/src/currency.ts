import { MoneyError } from './moneyError.js';

/**
 * ISO 4217 minor units that are not 2. Written out because `Intl` follows CLDR, which gives 0 digits to currencies
 * (ALL, LAK, …) whose payment networks count two.
 */
const FRACTION_DIGITS: Readonly<Record<string, number>> = {
  ...digits(0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'),
  ...digits(3, 'BHD IQD JOD KWD LYD OMR TND'),
  ...digits(4, 'CLF UYW'),
};

const KNOWN: ReadonlySet<string> = new Set([...Intl.supportedValuesOf('currency'), ...Object.keys(FRACTION_DIGITS)]);

function digits(count: number, codes: string): Record<string, number> {
  return Object.fromEntries(codes.split(' ').map((code) => [code, count]));
}

/** True for an upper-case ISO 4217 code that this runtime knows. */
export function isCurrencyCode(code: string): boolean {
  return KNOWN.has(code);
}

/** How many decimal places one minor unit of this currency is: EUR 2, JPY 0, KWD 3. Throws `CURRENCY_UNKNOWN`. */
export function fractionDigits(currencyCode: string): number {
  if (!isCurrencyCode(currencyCode)) throw new MoneyError('CURRENCY_UNKNOWN', `Unknown currency ${currencyCode}.`);
  return FRACTION_DIGITS[currencyCode] ?? 2;
}
