import { fractionDigits } from '@souk/money';

/**
 * The currencies that PayPal takes and how many decimals it wants, which is not always what ISO 4217 says (HUF and TWD have two there):
 * https://developer.paypal.com/api/rest/reference/currency-codes/
 */
const PAYPAL_DIGITS: ReadonlyMap<string, number> = new Map([
  ...'AUD BRL CAD CNY CZK DKK EUR HKD ILS MYR MXN NZD NOK PHP PLN GBP SGD SEK CHF THB USD'
    .split(' ')
    .map((code) => [code, 2] as const),
  ...'HUF JPY TWD'.split(' ').map((code) => [code, 0] as const),
]);

/** Whether PayPal can say this amount; null where it is not known yet. */
export function isPaypalAmount(currencyCode: string, cents: number | null): boolean {
  const digits = PAYPAL_DIGITS.get(currencyCode);
  return digits !== undefined && (cents === null || cents % 10 ** (fractionDigits(currencyCode) - digits) === 0);
}

/** Our minor units as PayPal's decimal string: 4550 EUR → "45.50", 150000 HUF → "1500". Throws RangeError when PayPal cannot say it. */
export function toPaypalAmount(cents: number, currencyCode: string): { currencyCode: string; value: string } {
  if (!isPaypalAmount(currencyCode, cents)) {
    throw new RangeError(`PayPal cannot take ${cents} minor units of ${currencyCode}`);
  }
  const digits = PAYPAL_DIGITS.get(currencyCode) ?? 2;
  const units = String(cents / 10 ** (fractionDigits(currencyCode) - digits)).padStart(digits + 1, '0');
  return { currencyCode, value: digits === 0 ? units : `${units.slice(0, -digits)}.${units.slice(-digits)}` };
}

/** PayPal's decimal string, which may be negative, in our minor units. Throws RangeError for what is no amount of the currency. */
export function fromPaypalAmount(value: string, currencyCode: string): number {
  const digits = fractionDigits(currencyCode);
  const match = /^(-?)(\d{1,15})(?:\.(\d+))?$/.exec(value);
  const fraction = match?.[3]?.replace(/0+$/, '') ?? '';
  if (match === null || fraction.length > digits) throw new RangeError(`${value} is no amount of ${currencyCode}`);
  const cents = Number(`${match[2]}${fraction.padEnd(digits, '0')}`);
  if (!Number.isSafeInteger(cents)) throw new RangeError(`${value} is no amount of ${currencyCode}`);
  return match[1] === '-' && cents !== 0 ? -cents : cents;
}
