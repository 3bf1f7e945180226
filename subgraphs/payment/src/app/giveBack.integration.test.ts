import { events, newEvent } from '@souk/events';
import { newId } from '@souk/runtime';
import { eventually } from '@souk/testkit';
import { authorized, capture, tell } from '../testing/authorizations.js';
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

describe('what an order gives back of authorized money', () => {
  test('cancelled lines are never captured', async () => {
    const payment = await authorized(h);
    const event = refundRequired(payment.orderId, payment.id, 1_550);
    await Promise.all([h.app.followRefundRequired(event), h.app.followRefundRequired(event)]);
    expect(await h.payment(payment.orderId)).toMatchObject({ state: 'AUTHORIZED', releasedCents: 1_550, refunds: [] });
    expect(await capture(h, payment.id, 3_001)).toMatchObject({ errors: [{ code: 'CAPTURE_EXCEEDS_AUTHORIZED' }] });
    expect(await capture(h, payment.id, null)).toMatchObject({ ok: true, payment: { capturedCents: 3_000 } });
  });

  test('all of it is a void, and so is a cancelled order', async () => {
    const [one, other] = [await authorized(h), await authorized(h)];
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
    await capture(several, payment.id, 4_000);
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
    const payment = await authorized(h);
    h.stripe.fail('captureIntent', 'before');
    await capture(h, payment.id, 4_550);
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
      await capture(h, payment.id, null);
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
