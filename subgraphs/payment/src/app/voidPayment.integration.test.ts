import { newId } from '@souk/runtime';
import { authorized, capture } from '../testing/authorizations.js';
import { type PaymentHarness, paymentHarness } from '../testing/harness.js';

let h: PaymentHarness;
beforeAll(async () => {
  h = await paymentHarness({ captureMethod: 'MANUAL' });
});
afterAll(() => h.close());

const voided = (paymentId: string) => h.app.voidPayment({ paymentId, idempotencyKey: newId('req') });

describe('a void', () => {
  test('releases the money, is told once, and again is answered the same', async () => {
    const payment = await authorized(h);
    expect(await voided(payment.id)).toMatchObject({ ok: true, payment: { state: 'CANCELLED', authorizedCents: 0 } });
    expect(await voided(payment.id)).toMatchObject({ ok: true, payment: { state: 'CANCELLED' } });
    expect(await h.events(payment.id)).toEqual(['payment.authorized', 'payment.voided']);
    expect(await h.ledger(payment.id)).toEqual({});
    expect(h.stripe.intents.get(String(payment.providerReference))?.state).toBe('CANCELLED');
  });

  test.each(['after', 'error', 'before'] as const)(
    'that fails unclearly (%s) is done by the sweeper',
    async (fault) => {
      const payment = await authorized(h);
      h.stripe.fail('cancelIntent', fault);
      expect(await voided(payment.id)).toMatchObject({
        ok: true,
        payment: { state: 'AUTHORIZED', cancelRequested: true },
      });
      expect(await capture(h, payment.id, null)).toMatchObject({ errors: [{ code: 'ILLEGAL_TRANSITION' }] });
      await h.makeDue();
      await h.app.settlePayments();
      expect((await h.payment(payment.orderId))?.state).toBe('CANCELLED');
      expect(await h.events(payment.id)).toEqual(['payment.authorized', 'payment.voided']);
    },
  );

  test('beside a capture: one of them wins, the ledger says which', async () => {
    const payment = await authorized(h);
    await Promise.all([voided(payment.id), capture(h, payment.id, null)]);
    await h.makeDue();
    await h.app.settlePayments();
    const now = await h.payment(payment.orderId);
    const captured = now?.state === 'CAPTURED' ? 4_550 : 0;
    expect(['CAPTURED', 'CANCELLED']).toContain(now?.state);
    expect(await h.ledger(payment.id)).toEqual(captured ? { orders: -4_550, 'provider:stripe': 4_550 } : {});
  });

  test('an authorization that lapses at the provider is noticed without a webhook', async () => {
    const payment = await authorized(h);
    h.stripe.set(String(payment.providerReference), { state: 'CANCELLED', authorizedCents: 0 });
    await h.makeDue();
    await h.app.settlePayments();
    expect(await h.events(payment.id)).toEqual(['payment.authorized', 'payment.voided']);
  });

  test('is not caused by the payment window of its order: authorized money waits for staff', async () => {
    const payment = await authorized(h);
    h.orders.set(payment.orderId, { ...h.order(), id: payment.orderId, status: 'CONFIRMED', payable: false });
    h.state.offsetMs = 3_600_000;
    await h.makeDue();
    await h.app.settlePayments();
    h.state.offsetMs = 0;
    expect((await h.payment(payment.orderId))?.state).toBe('AUTHORIZED');
  });
});
