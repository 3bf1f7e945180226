import { fractionDigits } from '@souk/money';

/**
 * Where Stripe's smallest unit is not ISO 4217's: https://docs.stripe.com/currencies#special-cases (ISK and UGX have no decimals but
 * are written with two, always 00) and #zero-decimal (MGA).
 */
const STRIPE_DIGITS: Readonly<Record<string, number>> = { ISK: 2, UGX: 2, MGA: 0 };

const factor = (currencyCode: string): number =>
  10 ** ((STRIPE_DIGITS[currencyCode] ?? fractionDigits(currencyCode)) - fractionDigits(currencyCode));

/** Our minor units in Stripe's. Throws RangeError when Stripe cannot say this amount. */
export function toStripeAmount(cents: number, currencyCode: string): number {
  const amount = cents * factor(currencyCode);
  if (!Number.isSafeInteger(amount)) throw new RangeError(`Stripe cannot take ${cents} minor units of ${currencyCode}`);
  return amount;
}

/** Stripe's smallest units in ours. */
export function fromStripeAmount(amount: number, currencyCode: string): number {
  const cents = Math.round(amount / factor(currencyCode));
  if (!Number.isSafeInteger(cents)) throw new RangeError(`${amount} is no amount of ${currencyCode}`);
  return cents;
}
