import type { Capture, Payment, Refund } from '../domain/payment.js';
import type { OpenedIntent, PaymentProvider } from './ports.js';

/**
 * Idempotency keys of calls to providers. They are made of what is stored, so that a call is repeated with the same key after
 * a crash, and of every parameter that matters, so that another call never has the same one.
 */
export const providerKeys = {
  createIntent: (p: Payment) => `${p.id}:intent:${p.attempt}:${p.amountCents}${p.currencyCode}`,
  updateIntent: (p: Payment) => `${p.id}:amount:${p.attempt}:${p.amountCents}${p.currencyCode}`,
  completeIntent: (p: Payment) => `${p.id}:complete:${p.attempt}:${p.amountCents}${p.currencyCode}`,
  cancelIntent: (p: Payment) => `${p.id}:cancel:${p.attempt}:${p.capturedCents}:${p.providerReference}`,
  captureIntent: (p: Payment, c: Capture) =>
    `${c.id}:capture:${c.attempt}:${c.amountCents}${p.currencyCode}${c.final ? ':final' : ''}`,
  refund: (p: Payment, r: Refund) => `${r.id}:refund:${r.attempt}:${r.amountCents}${p.currencyCode}`,
  createCustomer: (userId: string) => `${userId}:customer`,
  removeMethod: (id: string) => `${id}:remove`,
};

/** Providers forget idempotency keys after a day (Stripe: https://docs.stripe.com/api/idempotent_requests); half of it is relied on. */
const KEYS_KEPT_MS = 12 * 3_600_000;

/** Whether asking with this request's key could do it a second time: then what came of it is looked for instead. */
export const isKeySpent = (request: Pick<Capture | Refund, 'attempt' | 'createdAt'>, now: Date): boolean =>
  request.attempt > 1 || now.getTime() - request.createdAt.getTime() > KEYS_KEPT_MS;

/**
 * Makes the intent of a payment whose intent we do not know. The first attempt is repeated under its own key; after a key that the
 * provider answered with a failure, what that call may have made is looked for before another one is made, and brought to the terms of
 * now.
 */
export async function makeIntent(provider: PaymentProvider, payment: Payment): Promise<OpenedIntent> {
  const earlier = payment.attempt > 1 ? await provider.findIntent(payment) : undefined;
  if (earlier === undefined) return provider.createIntent(payment, providerKeys.createIntent(payment));
  if (earlier.intent.state !== 'WAITING') return earlier;
  return provider.updateIntent(
    { ...payment, providerReference: earlier.intent.reference },
    providerKeys.updateIntent(payment),
  );
}
