import { newId } from '@souk/runtime';
import { eventually } from '@souk/testkit';
import type { IntentSnapshot } from '../domain/decideIntent.js';
import { type PaymentHarness, STAFF } from './harness.js';

let told = 0;
export const UNTIL = new Date('2026-12-24T12:00:00.000Z');

/** What the provider tells of an intent. */
export const tell = (at: PaymentHarness, intent: IntentSnapshot) => {
  const rawBody = Buffer.from(JSON.stringify({ id: `evt_${++told}`, notice: { kind: 'INTENT', intent } }));
  return at.app.receiveWebhook('stripe', { rawBody, headers: { signature: 'signed' } });
};

/** A payment of 45.50 whose customer has agreed. */
export async function authorized(at: PaymentHarness) {
  const order = at.order();
  const result = await at.session(order.id);
  if (!result.ok) throw new Error(result.errors[0]?.code);
  const parts = { state: 'AUTHORIZED', authorizedCents: 4_550, authorizedUntil: UNTIL } as const;
  await tell(at, at.stripe.set(String(result.payment.providerReference), parts));
  return eventually(async () => {
    const now = await at.payment(order.id);
    return now?.state === 'AUTHORIZED' ? now : false;
  });
}

export const capture = (
  at: PaymentHarness,
  paymentId: string,
  cents: number | null,
  more: { idempotencyKey?: string; final?: boolean } = {},
) =>
  at.app.capturePayment(STAFF, {
    paymentId,
    amount: cents === null ? null : { centAmount: cents, currencyCode: 'EUR' },
    final: more.final ?? false,
    idempotencyKey: more.idempotencyKey ?? newId('req'),
  });
