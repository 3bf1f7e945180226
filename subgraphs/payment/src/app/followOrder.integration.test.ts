import { events, newEvent } from '@souk/events';
import { newId } from '@souk/runtime';
import { eventually } from '@souk/testkit';
import { type PaymentHarness, paymentHarness, STAFF } from '../testing/harness.js';

let h: PaymentHarness;
beforeAll(async () => {
  h = await paymentHarness();
});
afterAll(() => h.close());

let told = 0;
async function opened(orderId: string, due: { purposeId: string; dueCentAmount: number }) {
  h.order({ id: orderId, status: 'CONFIRMED', ...due });
  const result = await h.session(orderId);
  if (!result.ok) throw new Error(result.errors[0]?.code);
  return result.payment;
}
async function paid(orderId: string, due: { purposeId: string; dueCentAmount: number }) {
  const payment = await opened(orderId, due);
  const intent = h.stripe.set(String(payment.providerReference), {
    state: 'CAPTURED',
    capturedCents: due.dueCentAmount,
  });
  told += 1;
  const rawBody = Buffer.from(JSON.stringify({ id: `evt_edit_${told}`, notice: { kind: 'INTENT', intent } }));
  await h.app.receiveWebhook('stripe', { rawBody, headers: { signature: 'signed' } });
  return eventually(async () => {
    const now = (await paymentsOf(orderId)).find(({ id }) => id === payment.id);
    return now?.state === 'CAPTURED' ? now : false;
  });
}
const paymentsOf = async (orderId: string) => (await h.app.findOrderPayments(STAFF, [orderId], true))[0] ?? [];
const back = async (orderId: string) =>
  Object.fromEntries((await paymentsOf(orderId)).map(({ id, refundedCents }) => [id, refundedCents]));
const refundRequired = (orderId: string, paymentId: string, centAmount: number, reason = 'ORDER_EDITED') =>
  newEvent(events.orderRefundRequired, {
    aggregateId: orderId,
    sequence: 3,
    data: { orderId, paymentId, centAmount, currencyCode: 'EUR', reason },
  });
const lapsed = (orderId: string, editId: string) =>
  newEvent(events.orderEditLapsed, {
    aggregateId: orderId,
    sequence: 4,
    data: { orderId, editId, reason: 'NOT_PAID_IN_TIME' },
  });

async function orderWithPaidEdit() {
  const [orderId, editId] = [newId('ord'), newId('oed')];
  const first = await paid(orderId, { purposeId: orderId, dueCentAmount: 3_000 });
  const second = await paid(orderId, { purposeId: editId, dueCentAmount: 7_000 });
  return { orderId, editId, first, second };
}

test('an order and its edit have a payment each', async () => {
  const { orderId, editId } = await orderWithPaidEdit();
  expect((await paymentsOf(orderId)).map(({ purposeId, capturedCents }) => [purposeId, capturedCents])).toEqual([
    [orderId, 3_000],
    [editId, 7_000],
  ]);
});

test('what an order costs less is given back by its payment, and what that does not have by the others, once', async () => {
  const { orderId, first, second } = await orderWithPaidEdit();
  const event = refundRequired(orderId, first.id, 5_000);
  await Promise.all([h.app.followRefundRequired(event), h.app.followRefundRequired(event)]);
  await h.app.followRefundRequired(event);
  expect(await back(orderId)).toEqual({ [first.id]: 3_000, [second.id]: 2_000 });
});

test('never more than there is', async () => {
  const { orderId, first, second } = await orderWithPaidEdit();
  await h.app.followRefundRequired(refundRequired(orderId, first.id, 50_000));
  expect(await back(orderId)).toEqual({ [first.id]: 3_000, [second.id]: 7_000 });
});

test('money that one payment should not have comes from that payment only', async () => {
  const { orderId, first, second } = await orderWithPaidEdit();
  await h.app.followRefundRequired(refundRequired(orderId, second.id, 9_000, 'PAID_TWICE'));
  expect(await back(orderId)).toEqual({ [first.id]: 0, [second.id]: 7_000 });
});

test('an edit that lapsed cancels its own live intent, and leaves what was paid for the order alone', async () => {
  const [orderId, editId] = [newId('ord'), newId('oed')];
  await paid(orderId, { purposeId: orderId, dueCentAmount: 3_000 });
  await opened(orderId, { purposeId: editId, dueCentAmount: 7_000 });
  const event = lapsed(orderId, editId);
  await Promise.all([h.app.followEditLapsed(event), h.app.followEditLapsed(event)]);
  await h.makeDue();
  await h.app.settlePayments();
  expect((await paymentsOf(orderId)).map(({ state }) => state)).toEqual(['CAPTURED', 'CANCELLED']);
  expect(await back(orderId)).toMatchObject({});
});

test('money for an edit that lapsed is left to the order service, which gives it back', async () => {
  const { orderId, editId, second } = await orderWithPaidEdit();
  await h.app.followEditLapsed(lapsed(orderId, editId));
  expect((await paymentsOf(orderId))[1]).toMatchObject({ id: second.id, state: 'CAPTURED', refundReservedCents: 0 });
});
