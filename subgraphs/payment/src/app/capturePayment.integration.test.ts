import { newId } from '@souk/runtime';
import { eventually } from '@souk/testkit';
import type { IntentSnapshot } from '../domain/decideIntent.js';
import { authorized, capture, tell, UNTIL } from '../testing/authorizations.js';
import { type PaymentHarness, paymentHarness } from '../testing/harness.js';

let h: PaymentHarness;
let several: PaymentHarness;
beforeAll(async () => {
  [h, several] = await Promise.all([
    paymentHarness({ captureMethod: 'MANUAL' }),
    paymentHarness({ captureMethod: 'MANUAL', severalCaptures: true }),
  ]);
});
afterAll(() => Promise.all([h.close(), several.close()]));

const voided = (paymentId: string) => h.app.voidPayment({ paymentId, idempotencyKey: newId('req') });

describe('an authorization', () => {
  test('is published once, moves no money, and cannot be paid again', async () => {
    const payment = await authorized(h);
    await tell(h, h.stripe.intents.get(String(payment.providerReference)) as IntentSnapshot);
    expect(payment).toMatchObject({ authorizedCents: 4_550, capturedCents: 0, authorizedUntil: UNTIL });
    expect(await h.events(payment.id)).toEqual(['payment.authorized']);
    expect(await h.ledger(payment.id)).toEqual({});
    expect(await h.session(payment.orderId)).toMatchObject({ ok: false, errors: [{ code: 'ALREADY_PAID' }] });
  });

  test('is captured whole: one capture, one event, a balanced ledger', async () => {
    const payment = await authorized(h);
    const result = await capture(h, payment.id, null);
    expect(result).toMatchObject({
      ok: true,
      capture: { state: 'SUCCEEDED', amountCents: 4_550, final: true },
      payment: { state: 'CAPTURED', capturedCents: 4_550, releasedCents: 0 },
    });
    expect(await h.events(payment.id)).toEqual(['payment.authorized', 'payment.captured']);
    expect(await h.ledger(payment.id)).toEqual({ orders: -4_550, 'provider:stripe': 4_550 });
  });

  test('is captured in part where the provider captures once: the rest is released', async () => {
    const payment = await authorized(h);
    await capture(h, payment.id, 3_000);
    const now = await h.payment(payment.orderId);
    expect(now).toMatchObject({ state: 'CAPTURED', capturedCents: 3_000, releasedCents: 1_550, reconcileAt: null });
    expect(await h.ledger(payment.id)).toEqual({ orders: -3_000, 'provider:stripe': 3_000 });
    expect(await capture(h, payment.id, 1)).toMatchObject({ ok: false, errors: [{ code: 'ILLEGAL_TRANSITION' }] });
  });

  test('is captured in several parts where the provider can: each is told, together never more than was agreed', async () => {
    const payment = await authorized(several);
    await capture(several, payment.id, 1_000);
    expect(await several.payment(payment.orderId)).toMatchObject({ state: 'AUTHORIZED', capturedCents: 1_000 });
    const tooMuch = await capture(several, payment.id, 3_551);
    expect(tooMuch).toMatchObject({ ok: false, errors: [{ code: 'CAPTURE_EXCEEDS_AUTHORIZED' }] });
    await capture(several, payment.id, 2_000, { final: true });
    expect(await several.payment(payment.orderId)).toMatchObject({
      state: 'CAPTURED',
      capturedCents: 3_000,
      releasedCents: 1_550,
    });
    const types = ['payment.authorized', 'payment.captured', 'payment.captured'];
    expect(await several.events(payment.id)).toEqual(types);
    expect(await several.ledger(payment.id)).toEqual({ orders: -3_000, 'provider:stripe': 3_000 });
  });

  test('captured five times at once with one key is one capture', async () => {
    const payment = await authorized(h);
    const results = await Promise.all(
      Array.from({ length: 5 }, () => capture(h, payment.id, 4_550, { idempotencyKey: 'the-same-key' })),
    );
    expect(new Set(results.map((result) => result.ok && result.capture.id)).size).toBe(1);
    expect((await h.payment(payment.orderId))?.captures).toMatchObject([{ state: 'SUCCEEDED' }]);
    expect(await capture(h, payment.id, 1, { idempotencyKey: 'the-same-key' })).toMatchObject({
      errors: [{ code: 'IDEMPOTENCY_KEY_REUSED' }],
    });
    expect(await h.ledger(payment.id)).toEqual({ orders: -4_550, 'provider:stripe': 4_550 });
  });

  test('captured by two people at once is one capture, the other one is refused', async () => {
    const payment = await authorized(h);
    const results = await Promise.all([capture(h, payment.id, 4_550), capture(h, payment.id, 4_550)]);
    expect(results.filter((result) => result.ok)).toHaveLength(1);
    const [refused] = results.flatMap((result) => (result.ok ? [] : result.errors.map((error) => error.code)));
    expect(['CONFLICT', 'ILLEGAL_TRANSITION']).toContain(refused);
    expect(await h.ledger(payment.id)).toEqual({ orders: -4_550, 'provider:stripe': 4_550 });
  });

  test.each(['after', 'error', 'before'] as const)(
    'whose capture fails unclearly (%s) is captured once by the reconciliation',
    async (fault) => {
      const payment = await authorized(h);
      h.stripe.fail('captureIntent', fault);
      expect(await capture(h, payment.id, 4_550)).toMatchObject({ ok: true, capture: { state: 'PENDING' } });
      await h.makeDue();
      await h.app.settlePayments();
      const now = await h.payment(payment.orderId);
      expect(now?.captures).toMatchObject([{ state: 'SUCCEEDED' }]);
      expect(await h.events(payment.id)).toEqual(['payment.authorized', 'payment.captured']);
      expect(await h.ledger(payment.id)).toEqual({ orders: -4_550, 'provider:stripe': 4_550 });
    },
  );

  test('that has lapsed when it is captured: the capture has FAILED, and the order hears that it is void', async () => {
    const payment = await authorized(h);
    h.stripe.set(String(payment.providerReference), { state: 'CANCELLED', authorizedCents: 0 });
    expect(await capture(h, payment.id, null)).toMatchObject({
      ok: true,
      capture: { state: 'FAILED', failureCode: 'unexpected_state' },
      payment: { state: 'CANCELLED' },
    });
    expect(await h.events(payment.id)).toEqual(['payment.authorized', 'payment.voided']);
  });

  test.each([
    ['nothing', 0, 'INVALID'],
    ['more than was agreed', 4_551, 'CAPTURE_EXCEEDS_AUTHORIZED'],
  ])('refuses to capture %s, and nothing changes', async (_, cents, code) => {
    const payment = await authorized(h);
    const keys = h.stripe.keys.length;
    expect(await capture(h, payment.id, cents)).toMatchObject({ ok: false, errors: [{ code }] });
    expect(h.stripe.keys).toHaveLength(keys);
    expect((await h.payment(payment.orderId))?.version).toBe(payment.version);
  });

  test('that was never given cannot be captured or voided', async () => {
    const order = h.order();
    const result = await h.session(order.id);
    const id = String(result.payment?.id);
    expect(await capture(h, id, null)).toMatchObject({ errors: [{ code: 'ILLEGAL_TRANSITION' }] });
    expect(await voided(id)).toMatchObject({ errors: [{ code: 'ILLEGAL_TRANSITION' }] });
    expect(await capture(h, 'pay_unknown', null)).toMatchObject({ errors: [{ code: 'NOT_FOUND' }] });
    expect(await h.events(id)).toEqual([]);
  });

  test('captured at the provider is mirrored by its webhook, and without one by the reconciliation', async () => {
    const byWebhook = await authorized(h);
    const reference = String(byWebhook.providerReference);
    await tell(h, h.stripe.set(reference, { state: 'CAPTURED', capturedCents: 4_000 }));
    await eventually(async () => expect((await h.payment(byWebhook.orderId))?.capturedCents).toBe(4_000));
    const unheard = await authorized(h);
    h.stripe.set(String(unheard.providerReference), { state: 'CAPTURED', capturedCents: 4_550 });
    await h.makeDue();
    await h.app.settlePayments();
    expect(await h.ledger(unheard.id)).toEqual({ orders: -4_550, 'provider:stripe': 4_550 });
  });
});
