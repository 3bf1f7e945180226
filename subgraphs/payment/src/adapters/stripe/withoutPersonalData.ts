/** Properties of Stripe's objects that hold who someone is; nothing of this service reads them. */
const PERSONAL = new Set([
  'billing_details',
  'shipping',
  'receipt_email',
  'customer_email',
  'customer_details',
  'customer_name',
  'owner',
  'evidence',
  'payment_method_details',
  'payment_method',
  'client_secret',
  'fingerprint',
  'checks',
  'source',
]);

/** A copy of a webhook's JSON without personal data and secrets, so that what is stored for a replay is no risk. */
export function withoutPersonalData(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPersonalData);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !PERSONAL.has(name))
      .map(([name, inner]) => [name, withoutPersonalData(inner)]),
  );
}
