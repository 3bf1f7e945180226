import { invalidRequest, unprocessable } from './failure.js';

/** The currencies that PayPal takes, and how many decimals it wants: https://developer.paypal.com/api/rest/reference/currency-codes/ */
const DECIMALS: ReadonlyMap<string, 0 | 2> = new Map([
  ...'AUD BRL CAD CNY CZK DKK EUR HKD ILS MYR MXN NZD NOK PHP PLN GBP SGD SEK CHF THB USD'
    .split(' ')
    .map((code) => [code, 2] as const),
  ...'HUF JPY TWD'.split(' ').map((code) => [code, 0] as const),
]);

export interface Amount {
  readonly amount: number;
  readonly currency: string;
}

/** Reads `{currency_code, value}`. Throws what PayPal answers for a currency, a precision or a number that it does not take. */
export function readAmount(source: unknown, field: string): Amount {
  const { currency_code: currency, value } = (source ?? {}) as { currency_code?: unknown; value?: unknown };
  if (typeof currency !== 'string') {
    throw invalidRequest(`${field}/currency_code`, 'MISSING_REQUIRED_PARAMETER', 'A required field is missing.');
  }
  if (typeof value !== 'string' || !/^\d{1,32}(\.\d+)?$/.test(value)) {
    throw invalidRequest(
      `${field}/value`,
      'INVALID_PARAMETER_SYNTAX',
      'The value of a field does not conform to the expected format.',
    );
  }
  const decimals = DECIMALS.get(currency);
  if (decimals === undefined) {
    throw unprocessable('CURRENCY_NOT_SUPPORTED', `Currency code ${currency} is not supported.`);
  }
  const fraction = value.split('.')[1] ?? '';
  if (fraction.length > decimals) {
    throw unprocessable(
      'DECIMAL_PRECISION',
      decimals === 0
        ? `The currency ${currency} does not support decimals.`
        : 'If the currency supports decimals, only two decimal place precision is supported.',
    );
  }
  const amount = Number(`${value.split('.')[0]}${fraction.padEnd(decimals, '0')}`);
  if (amount === 0) throw unprocessable('CANNOT_BE_ZERO_OR_NEGATIVE', 'Must be greater than zero.');
  return { amount, currency };
}

/** `{currency_code, value}` of an amount, which may be negative. */
export function money(amount: number, currency: string): { currency_code: string; value: string } {
  const decimals = DECIMALS.get(currency) ?? 2;
  const digits = String(Math.abs(amount)).padStart(decimals + 1, '0');
  const value = decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
  return { currency_code: currency, value: `${amount < 0 ? '-' : ''}${value}` };
}
