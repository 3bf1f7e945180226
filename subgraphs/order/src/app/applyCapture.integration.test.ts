import { events, newEvent } from '@souk/events';
import { newContext, runInContext } from '@souk/runtime';
import { GUEST, type OrderHarness, orderHarness, user } from '../testing/harness.js';

let h: OrderHarness;
beforeAll(async () => {
  h = await orderHarness();
});
afterAll(() => h.close());
beforeEach(() => {
  h.stock.state.sellable = true;
});

async function placed(viewer = GUEST) {
  const result = await h.app.placeOrder(viewer, h.command());
  if (!result.ok) throw new Error('not placed');
  return result.order;
}
const captured = (orderId: string, parts: { centAmount?: number; paymentId?: string } = {}) =>
  newEvent(events.paymentCaptured, {
    aggregateId: parts.paymentId ?? 'pay_1',
    sequence: 2,
    data: {
      paymentId: parts.paymentId ?? 'pay_1',
      orderId,
      centAmount: parts.centAmount ?? 4_550,
      currencyCode: 'EUR',
      provider: 'stripe',
      capturedAt: new Date().toISOString(),
    },
  });
const read = async (id: string) => (await h.app.findOrders(GUEST, [id], { lines: false, timeline: true }))[0];
const timeline = async (id: string) => (await read(id))?.timeline?.map((entry) => entry.type);

describe('payment.captured', () => {
  test('confirms the order and publishes order.confirmed, in two statements', async () => {
    const order = await placed();
    const context = newContext('job');
    await runInContext(context, () => h.app.applyCapture(captured(order.id)));
    expect(context.statements).toBe(2);
    expect(await read(order.id)).toMatchObject({ status: 'CONFIRMED', paymentId: 'pay_1', version: 2 });
    expect(await timeline(order.id)).toEqual(['PLACED', 'STOCK_RESERVED', 'PAYMENT_CAPTURED', 'CONFIRMED']);
    expect(await h.events(order.id)).toEqual(['order.placed', 'order.confirmed']);
  });

  test('delivered three times in parallel confirms once and publishes once', async () => {
    const order = await placed();
    const event = captured(order.id);
    await Promise.all([1, 2, 3].map(() => h.app.applyCapture(event)));
    expect(await h.events(order.id)).toEqual(['order.placed', 'order.confirmed']);
    expect(await timeline(order.id)).toEqual(['PLACED', 'STOCK_RESERVED', 'PAYMENT_CAPTURED', 'CONFIRMED']);
  });

  test('after the order expired sells its stock again and confirms it', async () => {
    const order = await placed();
    await h.makeOverdue(order.id);
    await h.app.expireOrders();
    await h.app.applyCapture(captured(order.id));
    expect(h.stock.sold.has(order.id)).toBe(true);
    expect(await read(order.id)).toMatchObject({ status: 'CONFIRMED' });
    expect(await h.events(order.id)).toEqual(['order.placed', 'order.expired', 'order.confirmed']);
  });

  test('after the order expired and its stock is gone sends the money back, once', async () => {
    const order = await placed();
    await h.makeOverdue(order.id);
    await h.app.expireOrders();
    h.stock.state.sellable = false;
    const event = captured(order.id);
    await Promise.all([1, 2, 3].map(() => h.app.applyCapture(event)));
    expect(await read(order.id)).toMatchObject({ status: 'EXPIRED', paymentId: null });
    expect(await h.events(order.id)).toEqual(['order.placed', 'order.expired', 'order.refund_required']);
  });

  test('while product is down is not applied and not forgotten', async () => {
    const order = await placed();
    await h.makeOverdue(order.id);
    await h.app.expireOrders();
    h.fail.stock('sell');
    const event = captured(order.id);
    await expect(h.app.applyCapture(event)).rejects.toThrow();
    expect(await read(order.id)).toMatchObject({ status: 'EXPIRED' });
    await h.app.applyCapture(event);
    expect(await read(order.id)).toMatchObject({ status: 'CONFIRMED' });
  });

  test('for a cancelled order sends the money back', async () => {
    const order = await placed();
    await h.app.cancelOrder(GUEST, { orderId: order.id, reason: null, idempotencyKey: 'cancel-key-1' });
    await h.app.applyCapture(captured(order.id));
    expect(await read(order.id)).toMatchObject({ status: 'CANCELLED' });
    expect(await h.events(order.id)).toEqual(['order.placed', 'order.cancelled', 'order.refund_required']);
  });

  test('of another amount sends the money back and leaves the order unpaid', async () => {
    const order = await placed();
    await h.app.applyCapture(captured(order.id, { centAmount: 4_549 }));
    expect(await read(order.id)).toMatchObject({ status: 'PENDING_PAYMENT', paymentId: null });
    expect(await h.events(order.id)).toEqual(['order.placed', 'order.refund_required']);
  });

  test('of an unknown order is thrown, so that it is delivered again', async () => {
    await expect(h.app.applyCapture(captured('ord_unknown'))).rejects.toThrow('does not exist');
  });
});

describe('payment.failed and payment.refunded', () => {
  test('are written into the timeline once and cannot undo a confirmed order', async () => {
    const order = await placed();
    await h.app.applyCapture(captured(order.id));
    const data = { paymentId: 'pay_1', orderId: order.id, failureCode: 'card_declined' } as const;
    const late = newEvent(events.paymentFailed, { aggregateId: 'pay_1', sequence: 1, data });
    await Promise.all([h.app.recordPaymentEvent(late), h.app.recordPaymentEvent(late)]);
    expect(await read(order.id)).toMatchObject({ status: 'CONFIRMED' });
    expect((await timeline(order.id))?.filter((type) => type === 'PAYMENT_FAILED')).toHaveLength(1);
    expect(await h.events(order.id)).toEqual(['order.placed', 'order.confirmed']);
  });
});

describe('the expiry sweeper', () => {
  test('expires what is overdue, with one event each, and nothing else', async () => {
    const [overdue, other, waiting] = [await placed(), await placed(), await placed()];
    await h.makeOverdue(overdue.id);
    await h.makeOverdue(other.id);
    const context = newContext('background');
    expect(await runInContext(context, () => h.app.expireOrders())).toBe(2);
    expect(context.statements).toBe(2);
    expect(await read(overdue.id)).toMatchObject({ status: 'EXPIRED' });
    expect(await h.events(overdue.id)).toEqual(['order.placed', 'order.expired']);
    expect(await h.events(other.id)).toEqual(['order.placed', 'order.expired']);
    expect(await read(waiting.id)).toMatchObject({ status: 'PENDING_PAYMENT' });
    expect(await h.app.expireOrders()).toBe(0);
  });

  test('racing a payment leaves exactly one winner', async () => {
    for (let round = 0; round < 10; round += 1) {
      const order = await placed();
      await h.makeOverdue(order.id);
      h.stock.state.sellable = false;
      await Promise.all([h.app.expireOrders(), h.app.applyCapture(captured(order.id))]);
      const status = (await read(order.id))?.status;
      const expected =
        status === 'CONFIRMED'
          ? ['order.placed', 'order.confirmed']
          : ['order.placed', 'order.expired', 'order.refund_required'];
      expect(await h.events(order.id)).toEqual(expected);
    }
  });
});

describe('cancelling', () => {
  const cancel = (viewer: Parameters<typeof h.app.cancelOrder>[0], orderId: string, idempotencyKey = 'cancel-key-1') =>
    h.app.cancelOrder(viewer, { orderId, reason: 'changed my mind', idempotencyKey });

  test('by the customer is published once, however often it is pressed', async () => {
    const order = await placed(user('usr_1'));
    const answers = await Promise.all([cancel(user('usr_1'), order.id), cancel(user('usr_1'), order.id)]);
    expect(answers.map((answer) => answer.ok)).toEqual([true, true]);
    expect(await h.events(order.id)).toEqual(['order.placed', 'order.cancelled']);
    expect(await cancel(user('usr_1'), order.id, 'another-key')).toMatchObject({
      ok: false,
      errors: [{ code: 'ILLEGAL_TRANSITION' }],
    });
  });

  test.each([
    ['a guest', GUEST],
    ['another user', user('usr_2')],
    ['staff who may only read', user('usr_3', ['orders:read'])],
  ])("%s cannot cancel a user's order, and nothing is published", async (_, viewer) => {
    const order = await placed(user('usr_1'));
    expect(await cancel(viewer, order.id)).toMatchObject({ ok: false, errors: [{ code: 'NOT_FOUND' }] });
    expect(await h.events(order.id)).toEqual(['order.placed']);
  });

  test('staff with orders:write may cancel', async () => {
    const order = await placed(user('usr_1'));
    expect(await cancel(user('usr_4', ['orders:write', 'orders:read']), order.id)).toMatchObject({ ok: true });
  });
});
