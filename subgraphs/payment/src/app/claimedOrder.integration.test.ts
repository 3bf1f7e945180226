import { sql } from '@souk/postgres';
import { newId } from '@souk/runtime';
import { GUEST, type PaymentHarness, paymentHarness, STAFF, user } from '../testing/harness.js';

let h: PaymentHarness;
beforeAll(async () => {
  h = await paymentHarness();
});
afterAll(() => h.close());

const issue = sql(
  'test.issue',
  `INSERT INTO payment_document (id, kind, series, sequence, number, source, order_id, customer_id, payment_id, currency_code,
     total_cents, model, issued_at) VALUES ($1, 'INVOICE', 'INVOICE-2026', $4, $1, $1, $2, NULL, $3, 'EUR', 4550, '{}', now())`,
);
let issued = 0;

/** A guest's order with a payment and an invoice. */
async function guestOrder() {
  const { id: orderId } = h.order();
  const opened = await h.session(orderId);
  if (!opened.ok) throw new Error(opened.errors[0]?.code);
  issued += 1;
  await h.database.query(issue, [newId('rcp'), orderId, opened.payment.id, issued]);
  return { orderId, paymentId: opened.payment.id };
}
const seenBy = async (viewer: typeof GUEST, { orderId, paymentId }: { orderId: string; paymentId: string }) => ({
  payment: (await h.app.findPayments(viewer, [paymentId], false))[0]?.id,
  payments: (await h.app.findOrderPayments(viewer, [orderId], false))[0]?.length ?? null,
  documents: (await h.app.findOrderDocuments(viewer, [orderId]))[0]?.length ?? null,
});

test("payments and documents of a guest's order that an account has claimed are that account's alone", async () => {
  const order = await guestOrder();
  const all = { payment: order.paymentId, payments: 1, documents: 1 };
  expect(await seenBy(GUEST, order)).toEqual(all);
  await h.app.followOrderClaim(order.orderId, 'usr_1', newId('evt'));
  expect(await seenBy(GUEST, order)).toEqual({ payment: undefined, payments: null, documents: null });
  expect(await seenBy(user('usr_2'), order)).toEqual({ payment: undefined, payments: null, documents: null });
  expect(await seenBy(user('usr_1'), order)).toEqual(all);
  expect(await seenBy(STAFF, order)).toEqual(all);
});

test('a claim that is told twice, or of an order without a payment, changes nothing; an owner is never replaced', async () => {
  const order = await guestOrder();
  const eventId = newId('evt');
  await Promise.all([1, 2, 3].map(() => h.app.followOrderClaim(order.orderId, 'usr_1', eventId)));
  await h.app.followOrderClaim(order.orderId, 'usr_2', newId('evt'));
  await h.app.followOrderClaim(newId('ord'), 'usr_2', newId('evt'));
  expect((await seenBy(user('usr_1'), order)).payments).toBe(1);
  expect((await seenBy(user('usr_2'), order)).payments).toBeNull();
});
