import type { Payment, Refund } from '../domain/payment.js';

/**
 * Idempotency keys of calls to providers. They are made of what is stored, so that a call is repeated with the same key after
 * a crash, and of every parameter that matters, so that another call never has the same one.
 */
export const providerKeys = {
  createIntent: (p: Payment) => `${p.id}:intent:${p.attempt}:${p.amountCents}${p.currencyCode}`,
  updateAmount: (p: Payment) => `${p.id}:amount:${p.attempt}:${p.amountCents}${p.currencyCode}`,
  cancelIntent: (p: Payment) => `${p.id}:cancel:${p.attempt}`,
  refund: (p: Payment, r: Refund) => `${r.id}:refund:${r.amountCents}${p.currencyCode}`,
};
