import type { Address } from '../domain/order.js';
import type { AddressInput } from '../generated/graphql.js';

/** An address as it is kept: trimmed, what is left out is null. */
export function addressOf(input: AddressInput | null | undefined): Address | null {
  if (!input) return null;
  const text = (value: string | null | undefined) => value?.trim() || null;
  return {
    fullName: input.fullName.trim(),
    company: text(input.company),
    streetLine1: input.streetLine1.trim(),
    streetLine2: text(input.streetLine2),
    city: input.city.trim(),
    region: text(input.region),
    postalCode: text(input.postalCode),
    countryCode: input.countryCode,
    phone: text(input.phone),
  };
}
