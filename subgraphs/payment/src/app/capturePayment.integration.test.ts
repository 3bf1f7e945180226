import { events, newEvent } from '@souk/events';
import { newId } from '@souk/runtime';
import { eventually } from '@souk/testkit';
import type { IntentSnapshot } from '../domain/decideIntent.js';
import { type PaymentHarness, paymentHarness, STAFF } from '../testing/harness.js';

let h: PaymentHarness;
let several: PaymentHarness;
beforeAll(async () => {
  [h, several] = await Promise.all([
    paymentHarness({ captureMethod: 'MANUAL' }),
    paymentHarness({ captureMethod: 'MANUAL', severalCaptures: true }),
  ]);
});
afterAll(() => Promise.all([h.close(), several.close()]));

let told = 0;
const tell = (at: PaymentHarness, intent: IntentSnapshot) => {
  const rawBody = Buffer.from(JSON.stringify({ id: `evt_${++told}`, notice: { kind: 'INTENT', intent } }));
  return at.app.receiveWebhook('stripe', { rawBody, headers: { signature: 'signed' } });
};
const UNTIL = new Date('2026-12-24T12:00:00.000Z');

/** A payment whose customer has agreed. */
async function authorized(at = h) {
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
const capture = (
  paymentId: string,
  cents: number | null,
  idempotencyKey: string = newId('req'),
  final = false,
  at = h,
) =>
  at.app.capturePayment(STAFF, {
    paymentId,
    amount: cents === null ? null : { centAmount: cents, currencyCode: 'EUR' },
    final,
    idempotencyKey,
  });
const voided = (paymentId: string) => h.app.voidPayment({ paymentId, idempotencyKey: newId('req') });
const cancelled = (orderId: string) =>
  newEvent(events.orderCancelled, {
    aggregateId: orderId,
    sequence: 3,
    data: { orderId, number: 'S-1', customerId: null, cartId: 'crt_1', couponCodes: [], reason: 'TEST' },
  });
const refundRequired = (orderId: string, paymentId: string, centAmount: number) =>
  newEvent(events.orderRefundRequired, {
    aggregateId: orderId,
    sequence: 4,
    data: { orderId, paymentId, centAmount, currencyCode: 'EUR', reason: 'LINES_CANCELLED' },
  });

describe('an authorization', () => {
  test('is published once, moves no money, and cannot be paid again', async () => {
    const payment = await authorized();
    await tell(h, h.stripe.intents.get(String(payment.providerReference)) as IntentSnapshot);
    expect(payment).toMatchObject({ authorizedCents: 4_550, capturedCents: 0, authorizedUntil: UNTIL });
    expect(await h.events(payment.id)).toEqual(['payment.authorized']);
    expect(await h.ledger(payment.id)).toEqual({});
    expect(await h.session(payment.orderId)).toMatchObject({ ok: false, errors: [{ code: 'ALREADY_PAID' }] });
  });

  test('is captured whole: one capture, one event, a balanced ledger', async () => {
    const payment = await authorized();
    const result = await capture(payment.id, null);
    expect(result).toMatchObject({
      ok: true,
      capture: { state: 'SUCCEEDED', amountCents: 4_550, final: true },
      payment: { state: 'CAPTURED', capturedCents: 4_550, releasedCents: 0 },
    });
    expect(await h.events(payment.id)).toEqual(['payment.authorized', 'payment.captured']);
    expect(await h.ledger(payment.id)).toEqual({ orders: -4_550, 'provider:stripe': 4_550 });
  });

  test('is captured in part where the provider captures once: the rest is released', async () => {
    const payment = await authorized();
    await capture(payment.id, 3_000);
    const now = await h.payment(payment.orderId);
    expect(now).toMatchObject({ state: 'CAPTURED', capturedCents: 3_000, releasedCents: 1_550, reconcileAt: null });
    expect(await h.ledger(payment.id)).toEqual({ orders: -3_000, 'provider:stripe': 3_000 });
    expect(await capture(payment.id, 1)).toMatchObject({ ok: false, errors: [{ code: 'ILLEGAL_TRANSITION' }] });
  });

  test('is captured in several parts where the provider can: each is told, together never more than was agreed', async () => {
    const payment = await authorized(several);
    await capture(payment.id, 1_000, undefined, false, several);
    expect(await several.payment(payment.orderId)).toMatchObject({ state: 'AUTHORIZED', capturedCents: 1_000 });
    const tooMuch = await capture(payment.id, 3_551, undefined, false, several);
    expect(tooMuch).toMatchObject({ ok: false, errors: [{ code: 'CAPTURE_EXCEEDS_AUTHORIZED' }] });
    await capture(payment.id, 2_000, undefined, true, several);
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
    const payment = await authorized();
    const results = await Promise.all(Array.from({ length: 5 }, () => capture(payment.id, 4_550, 'the-same-key')));
    expect(new Set(results.map((result) => result.ok && result.capture.id)).size).toBe(1);
    expect((await h.payment(payment.orderId))?.captures).toMatchObject([{ state: 'SUCCEEDED' }]);
    expect(await capture(payment.id, 1, 'the-same-key')).toMatchObject({
      errors: [{ code: 'IDEMPOTENCY_KEY_REUSED' }],
    });
    expect(await h.ledger(payment.id)).toEqual({ orders: -4_550, 'provider:stripe': 4_550 });
  });

  test('captured by two people at once is one capture, the other one is refused', async () => {
    const payment = await authorized();
    const results = await Promise.all([capture(payment.id, 4_550), capture(payment.id, 4_550)]);
    expect(results.filter((result) => result.ok)).toHaveLength(1);
    const [refused] = results.flatMap((result) => (result.ok ? [] : result.errors.map((error) => error.code)));
    expect(['CONFLICT', 'ILLEGAL_TRANSITION']).toContain(refused);
    expect(await h.ledger(payment.id)).toEqual({ orders: -4_550, 'provider:stripe': 4_550 });
  });

  test.each(['after', 'error', 'before'] as const)(
    'whose capture fails unclearly (%s) is captured once by the reconciliation',
    async (fault) => {
      const payment = await authorized();
      h.stripe.fail('captureIntent', fault);
      expect(await capture(payment.id, 4_550)).toMatchObject({ ok: true, capture: { state: 'PENDING' } });
      await h.makeDue();
      await h.app.settlePayments();
      const now = await h.payment(payment.orderId);
      expect(now?.captures).toMatchObject([{ state: 'SUCCEEDED' }]);
      expect(await h.events(payment.id)).toEqual(['payment.authorized', 'payment.captured']);
      expect(await h.ledger(payment.id)).toEqual({ orders: -4_550, 'provider:stripe': 4_550 });
    },
  );

  test('that has lapsed when it is captured: the capture has FAILED, and the order hears that it is void', async () => {
    const payment = await authorized();
    h.stripe.set(String(payment.providerReference), { state: 'CANCELLED', authorizedCents: 0 });
    expect(await capture(payment.id, null)).toMatchObject({
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
    const payment = await authorized();
    const keys = h.stripe.keys.length;
    expect(await capture(payment.id, cents)).toMatchObject({ ok: false, errors: [{ code }] });
    expect(h.stripe.keys).toHaveLength(keys);
    expect((await h.payment(payment.orderId))?.version).toBe(payment.version);
  });

  test('that was never given cannot be captured or voided', async () => {
    const order = h.order();
    const result = await h.session(order.id);
    const id = String(result.payment?.id);
    expect(await capture(id, null)).toMatchObject({ errors: [{ code: 'ILLEGAL_TRANSITION' }] });
    expect(await voided(id)).toMatchObject({ errors: [{ code: 'ILLEGAL_TRANSITION' }] });
    expect(await capture('pay_unknown', null)).toMatchObject({ errors: [{ code: 'NOT_FOUND' }] });
    expect(await h.events(id)).toEqual([]);
  });

  test('captured at the provider is mirrored by its webhook, and without one by the reconciliation', async () => {
    const byWebhook = await authorized();
    const reference = String(byWebhook.providerReference);
    await tell(h, h.stripe.set(reference, { state: 'CAPTURED', capturedCents: 4_000 }));
    await eventually(async () => expect((await h.payment(byWebhook.orderId))?.capturedCents).toBe(4_000));
    const unheard = await authorized();
    h.stripe.set(String(unheard.providerReference), { state: 'CAPTURED', capturedCents: 4_550 });
    await h.makeDue();
    await h.app.settlePayments();
    expect(await h.ledger(unheard.id)).toEqual({ orders: -4_550, 'provider:stripe': 4_550 });
  });
});

describe('a void', () => {
  test('releases the money, is told once, and again is answered the same', async () => {
    const payment = await authorized();
    expect(await voided(payment.id)).toMatchObject({ ok: true, payment: { state: 'CANCELLED', authorizedCents: 0 } });
    expect(await voided(payment.id)).toMatchObject({ ok: true, payment: { state: 'CANCELLED' } });
    expect(await h.events(payment.id)).toEqual(['payment.authorized', 'payment.voided']);
    expect(await h.ledger(payment.id)).toEqual({});
    expect(h.stripe.intents.get(String(payment.providerReference))?.state).toBe('CANCELLED');
  });

  test.each(['after', 'error', 'before'] as const)(
    'that fails unclearly (%s) is done by the sweeper',
    async (fault) => {
      const payment = await authorized();
      h.stripe.fail('cancelIntent', fault);
      expect(await voided(payment.id)).toMatchObject({
        ok: true,
        payment: { state: 'AUTHORIZED', cancelRequested: true },
      });
      expect(await capture(payment.id, null)).toMatchObject({ errors: [{ code: 'ILLEGAL_TRANSITION' }] });
      await h.makeDue();
      await h.app.settlePayments();
      expect((await h.payment(payment.orderId))?.state).toBe('CANCELLED');
      expect(await h.events(payment.id)).toEqual(['payment.authorized', 'payment.voided']);
    },
  );

  test('beside a capture: one of them wins, the ledger says which', async () => {
    const payment = await authorized();
    await Promise.all([voided(payment.id), capture(payment.id, null)]);
    await h.makeDue();
    await h.app.settlePayments();
    const now = await h.payment(payment.orderId);
    const captured = now?.state === 'CAPTURED' ? 4_550 : 0;
    expect(['CAPTURED', 'CANCELLED']).toContain(now?.state);
    expect(await h.ledger(payment.id)).toEqual(captured ? { orders: -4_550, 'provider:stripe': 4_550 } : {});
  });

  test('an authorization that lapses at the provider is noticed without a webhook', async () => {
    const payment = await authorized();
    h.stripe.set(String(payment.providerReference), { state: 'CANCELLED', authorizedCents: 0 });
    await h.makeDue();
    await h.app.settlePayments();
    expect(await h.events(payment.id)).toEqual(['payment.authorized', 'payment.voided']);
  });

  test('is not caused by the payment window of its order: authorized money waits for staff', async () => {
    const payment = await authorized();
    h.orders.set(payment.orderId, { ...h.order(), id: payment.orderId, status: 'CONFIRMED', payable: false });
    h.state.offsetMs = 3_600_000;
    await h.makeDue();
    await h.app.settlePayments();
    h.state.offsetMs = 0;
    expect((await h.payment(payment.orderId))?.state).toBe('AUTHORIZED');
  });
});

describe('what an order gives back of authorized money', () => {
  test('cancelled lines are never captured', async () => {
    const payment = await authorized();
    const event = refundRequired(payment.orderId, payment.id, 1_550);
    await Promise.all([h.app.followRefundRequired(event), h.app.followRefundRequired(event)]);
    expect(await h.payment(payment.orderId)).toMatchObject({ state: 'AUTHORIZED', releasedCents: 1_550, refunds: [] });
    expect(await capture(payment.id, 3_001)).toMatchObject({ errors: [{ code: 'CAPTURE_EXCEEDS_AUTHORIZED' }] });
    expect(await capture(payment.id, null)).toMatchObject({ ok: true, payment: { capturedCents: 3_000 } });
  });

  test('all of it is a void, and so is a cancelled order', async () => {
    const [one, other] = [await authorized(), await authorized()];
    await h.app.followRefundRequired(refundRequired(one.orderId, one.id, 4_550));
    await h.app.followOrderEnd(cancelled(other.orderId));
    await h.makeDue();
    await h.app.settlePayments();
    for (const payment of [one, other]) {
      expect((await h.payment(payment.orderId))?.state).toBe('CANCELLED');
      expect(await h.events(payment.id)).toEqual(['payment.authorized', 'payment.voided']);
    }
  });

  test('first what is not captured, then what is', async () => {
    const payment = await authorized(several);
    await capture(payment.id, 4_000, undefined, false, several);
    await several.app.followRefundRequired(refundRequired(payment.orderId, payment.id, 1_550));
    await several.makeDue();
    await several.app.settlePayments();
    expect(await several.payment(payment.orderId)).toMatchObject({
      state: 'CAPTURED',
      capturedCents: 4_000,
      refundedCents: 1_000,
    });
    expect(await several.ledger(payment.id)).toEqual({ orders: -3_000, 'provider:stripe': 3_000 });
  });

  test('while a capture is under way waits for its end', async () => {
    const payment = await authorized();
    h.stripe.fail('captureIntent', 'before');
    await capture(payment.id, 4_550);
    const event = refundRequired(payment.orderId, payment.id, 4_550);
    await expect(h.app.followRefundRequired(event)).rejects.toThrow('under way');
    await h.makeDue();
    await h.app.settlePayments();
    await h.app.followRefundRequired(event);
    expect(await h.ledger(payment.id)).toEqual({ orders: 0, 'provider:stripe': 0 });
  });

  test('of an order with two payments: both go back, once', async () => {
    const order = h.order();
    await h.session(order.id);
    const edit = newId('oed');
    h.orders.set(order.id, { ...order, status: 'CONFIRMED', purposeId: edit, dueCentAmount: 500 });
    await h.session(order.id);
    const payments = (await h.app.findOrderPayments(STAFF, [order.id], false))[0] ?? [];
    expect(payments.map((payment) => [payment.purposeId, payment.amountCents])).toEqual([
      [order.id, 4_550],
      [edit, 500],
    ]);
    for (const payment of payments) {
      const parts = { state: 'AUTHORIZED', authorizedCents: payment.amountCents } as const;
      await tell(h, h.stripe.set(String(payment.providerReference), parts));
      await eventually(async () =>
        expect((await h.app.findPayments(STAFF, [payment.id], false))[0]?.state).toBe('AUTHORIZED'),
      );
      await capture(payment.id, null);
    }
    const event = cancelled(order.id);
    await Promise.all([h.app.followOrderEnd(event), h.app.followOrderEnd(event)]);
    await h.app.followOrderEnd(event);
    for (const payment of payments) {
      const types = ['payment.authorized', 'payment.captured', 'payment.refunded'];
      expect(await h.events(payment.id)).toEqual(types);
      expect(await h.ledger(payment.id)).toEqual({ orders: 0, 'provider:stripe': 0 });
    }
  });
});
