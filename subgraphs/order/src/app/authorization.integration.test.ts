import { events, newEvent } from '@souk/events';
import { GUEST, type OrderHarness, orderHarness } from '../testing/harness.js';

let h: OrderHarness;
beforeAll(async () => {
  h = await orderHarness();
});
afterAll(() => h.close());

async function placed() {
  const result = await h.app.placeOrder(GUEST, h.command());
  if (!result.ok) throw new Error('not placed');
  return result.order;
}
const about = (orderId: string) => ({ paymentId: 'pay_1', orderId, purposeId: orderId });
const head = { aggregateId: 'pay_1', sequence: 2 };
const authorized = (orderId: string, centAmount = 4_550) =>
  newEvent(events.paymentAuthorized, {
    ...head,
    data: { ...about(orderId), centAmount, currencyCode: 'EUR', provider: 'stripe', authorizedUntil: null },
  });
const captured = (orderId: string, centAmount: number) =>
  newEvent(events.paymentCaptured, {
    ...head,
    data: {
      ...about(orderId),
      centAmount,
      authorizedCentAmount: 4_550,
      currencyCode: 'EUR',
      provider: 'stripe',
      capturedAt: new Date().toISOString(),
    },
  });
const voided = (orderId: string) =>
  newEvent(events.paymentVoided, {
    ...head,
    data: { ...about(orderId), provider: 'stripe', reason: 'ENDED_AT_PROVIDER' },
  });
const disputed = (orderId: string) =>
  newEvent(events.paymentDisputed, {
    ...head,
    data: {
      paymentId: 'pay_1',
      orderId,
      disputeId: 'dsp_1',
      centAmount: 4_550,
      currencyCode: 'EUR',
      state: 'OPEN',
      reason: 'fraudulent',
    },
  });
const read = async (id: string) => (await h.app.findOrders(GUEST, [id], { lines: false, timeline: true }))[0];
const timeline = async (id: string) => (await read(id))?.timeline?.map((entry) => entry.type).slice(2);

describe('authorized money', () => {
  test('confirms the order like captured money does, and each capture of it is told', async () => {
    const { id } = await placed();
    const event = authorized(id);
    await Promise.all([h.app.applyCapture(event), h.app.applyCapture(event)]);
    await h.app.applyCapture(captured(id, 3_000));
    expect(await read(id)).toMatchObject({ status: 'CONFIRMED', paymentId: 'pay_1' });
    expect(await timeline(id)).toEqual(['PAYMENT_AUTHORIZED', 'CONFIRMED', 'PAYMENT_CAPTURED']);
    expect(await h.events(id)).toEqual(['order.placed', 'order.confirmed']);
  });

  test('that is told after a part of it was captured confirms it once, and nothing is given back', async () => {
    const { id } = await placed();
    await h.app.applyCapture(captured(id, 1_000));
    await h.app.applyCapture(authorized(id));
    expect(await read(id)).toMatchObject({ status: 'CONFIRMED' });
    expect(await h.events(id)).toEqual(['order.placed', 'order.confirmed']);
  });

  test('for a cancelled order is to be given up', async () => {
    const { id } = await placed();
    await h.app.cancelOrder(GUEST, { orderId: id, reason: null, idempotencyKey: 'cancel-it' });
    await h.app.applyCapture(authorized(id));
    expect(await h.events(id)).toEqual(['order.placed', 'order.cancelled', 'order.refund_required']);
  });

  test('that is gone cancels the order that it had confirmed, once, and releases its stock and coupons', async () => {
    const { id } = await placed();
    await h.app.applyCapture(authorized(id));
    const event = voided(id);
    await Promise.all([1, 2, 3].map(() => h.app.applyVoid(event)));
    expect(await read(id)).toMatchObject({ status: 'CANCELLED', cancelReason: null });
    expect(await timeline(id)).toEqual(['PAYMENT_AUTHORIZED', 'CONFIRMED', 'PAYMENT_VOIDED', 'CANCELLED']);
    expect(await h.events(id)).toEqual(['order.placed', 'order.confirmed', 'order.cancelled']);
  });

  test('that is gone before it is heard of is told again later, and confirms nothing for good', async () => {
    const { id } = await placed();
    await expect(h.app.applyVoid(voided(id))).rejects.toThrow('has not arrived yet');
    await h.app.applyCapture(authorized(id));
    await h.app.applyVoid(voided(id));
    expect(await read(id)).toMatchObject({ status: 'CANCELLED' });
  });
});

test('a dispute is told to the staff, and not to the customer', async () => {
  const { id } = await placed();
  await h.app.applyCapture(authorized(id));
  const event = disputed(id);
  await Promise.all([h.app.recordPaymentEvent(event), h.app.recordPaymentEvent(event)]);
  const order = await read(id);
  const entries = order?.timeline?.filter((entry) => entry.type === 'PAYMENT_DISPUTED');
  expect(entries).toMatchObject([
    { isPublic: false, data: { state: 'OPEN', reason: 'fraudulent', centAmount: 4_550 } },
  ]);
  expect(order?.status).toBe('CONFIRMED');
});
