import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { eventually, refusalOf, startForTest, type TestBench } from '../testing/startForTest.js';

let bench: TestBench;
beforeAll(async () => {
  bench = await startForTest();
});
afterAll(() => bench.close());
beforeEach(async () => {
  await bench.control('POST', '/reset', {});
  bench.webhooks.events.length = 0;
});

const pay = (payment_method = 'pm_card_visa', more: object = {}) =>
  bench.stripe.paymentIntents.create({
    amount: 5_000,
    currency: 'usd',
    confirm: true,
    payment_method,
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    ...more,
  });
const chargeOf = async (intent: string) => (await bench.stripe.charges.list({ payment_intent: intent })).data[0];

test('refunds in parts add up to the payment and never exceed it', async () => {
  const { id } = await pay();
  const first = await bench.stripe.refunds.create({
    payment_intent: id,
    amount: 1_500,
    reason: 'requested_by_customer',
    metadata: { refundId: 'ref_1' },
  });
  expect(first).toMatchObject({
    object: 'refund',
    amount: 1_500,
    status: 'succeeded',
    payment_intent: id,
    metadata: { refundId: 'ref_1' },
  });
  expect(await chargeOf(id)).toMatchObject({ amount_refunded: 1_500, refunded: false });
  const tooMuch = await refusalOf(bench.stripe.refunds.create({ payment_intent: id, amount: 3_501 }));
  expect(tooMuch).toMatchObject({ statusCode: 400, param: 'amount' });
  expect(tooMuch.message).toBe('Refund amount ($35.01) is greater than unrefunded amount on charge ($35.00)');
  expect(await chargeOf(id)).toMatchObject({ amount_refunded: 1_500 });
  const rest = await bench.stripe.refunds.create({ payment_intent: id });
  expect(rest.amount).toBe(3_500);
  expect(await chargeOf(id)).toMatchObject({ amount_refunded: 5_000, refunded: true });
  const again = await refusalOf(bench.stripe.refunds.create({ payment_intent: id }));
  expect(again).toMatchObject({ statusCode: 400, code: 'charge_already_refunded' });
  const listed = await bench.stripe.refunds.list({ payment_intent: id });
  expect(listed.data.map((refund) => refund.amount)).toEqual([3_500, 1_500]);
  expect(await bench.stripe.refunds.retrieve(first.id)).toMatchObject({ id: first.id, charge: listed.data[0]?.charge });
  const updated = await bench.stripe.refunds.update(first.id, { metadata: { note: 'x' } });
  expect(updated.metadata).toEqual({ refundId: 'ref_1', note: 'x' });
});

test('an intent without a captured charge cannot be refunded', async () => {
  const open = await pay('pm_card_visa', { capture_method: 'manual' });
  expect(await refusalOf(bench.stripe.refunds.create({ payment_intent: open.id }))).toMatchObject({ statusCode: 400 });
  expect(await refusalOf(bench.stripe.refunds.create({ payment_intent: 'pi_none' }))).toMatchObject({
    code: 'resource_missing',
  });
  expect(await refusalOf(bench.stripe.refunds.create({}))).toMatchObject({ statusCode: 400 });
  expect((await bench.stripe.refunds.list()).data).toEqual([]);
});

test('a refund made at the provider is told by webhooks that no request of ours caused', async () => {
  const { id } = await pay();
  const refund = await bench.control('POST', `/payment_intents/${id}/refund`, { amount: 700 });
  const refunded = await eventually(() => bench.webhooks.events.find((event) => event.type === 'charge.refunded'));
  expect(refunded.request).toEqual({ id: null, idempotency_key: null });
  expect(refunded.data.object).toMatchObject({ payment_intent: id, amount_refunded: 700 });
  expect(refunded.data.previous_attributes).toMatchObject({ amount_refunded: 0 });
  const created = await eventually(() => bench.webhooks.events.find((event) => event.type === 'refund.created'));
  expect(created.data.object).toMatchObject({ id: refund.id, amount: 700 });
});

test('a refund that bounces puts the money back', async () => {
  const { id } = await pay();
  const refund = await bench.stripe.refunds.create({ payment_intent: id, amount: 1_000 });
  await bench.control('POST', `/refunds/${refund.id}/fail`);
  expect(await bench.stripe.refunds.retrieve(refund.id)).toMatchObject({
    status: 'failed',
    failure_reason: 'lost_or_stolen_card',
  });
  expect(await chargeOf(id)).toMatchObject({ amount_refunded: 0 });
  await eventually(() => bench.webhooks.events.some((event) => event.type === 'refund.failed'));
});

test('a dispute takes the money with a fee, blocks refunds, and gives it back when won', async () => {
  const { id } = await pay();
  const dispute = await bench.control('POST', `/payment_intents/${id}/dispute`, { reason: 'product_not_received' });
  const told = await eventually(() => bench.webhooks.events.find((event) => event.type === 'charge.dispute.created'));
  expect(told.data.object).toMatchObject({
    id: dispute.id,
    amount: 5_000,
    payment_intent: id,
    reason: 'product_not_received',
  });
  expect(await chargeOf(id)).toMatchObject({ disputed: true });
  expect(await refusalOf(bench.stripe.refunds.create({ payment_intent: id }))).toMatchObject({ statusCode: 400 });
  await bench.control('POST', `/disputes/${String(dispute.id)}/close`, { outcome: 'won' });
  expect(await bench.stripe.disputes.retrieve(String(dispute.id))).toMatchObject({ status: 'won' });
  const disputed = await pay('pm_card_createDispute');
  expect((await bench.stripe.disputes.list({ payment_intent: disputed.id })).data).toHaveLength(1);
});

test('balance transactions list every movement of money, for reconciliation', async () => {
  const { id } = await pay();
  const refund = await bench.stripe.refunds.create({ payment_intent: id, amount: 1_000 });
  const dispute = await bench.control('POST', `/payment_intents/${(await pay()).id}/dispute`);
  await bench.control('POST', `/disputes/${String(dispute.id)}/close`, { outcome: 'won' });
  const listed = await bench.stripe.balanceTransactions.list({ limit: 100, expand: ['data.source'] });
  const rows = listed.data.map((it) => [it.reporting_category, it.amount, it.fee, it.net]).reverse();
  expect(rows).toEqual([
    ['charge', 5_000, 175, 4_825],
    ['refund', -1_000, 0, -1_000],
    ['charge', 5_000, 175, 4_825],
    ['dispute', -5_000, 1_500, -6_500],
    ['dispute_reversal', 5_000, 0, 5_000],
  ]);
  expect(listed.data.at(-1)?.source).toMatchObject({ object: 'charge', payment_intent: id });
  expect(listed.data.at(-2)?.source).toMatchObject({ object: 'refund', id: refund.id });
});

test('customers and their saved payment methods', async () => {
  const customer = await bench.stripe.customers.create({ email: 'ada@example.com', metadata: { userId: 'usr_1' } });
  expect(await bench.stripe.customers.retrieve(customer.id)).toMatchObject({
    email: 'ada@example.com',
    metadata: { userId: 'usr_1' },
  });
  const method = await bench.stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id });
  expect(method).toMatchObject({ customer: customer.id, card: { brand: 'visa', last4: '4242' } });
  await pay('pm_card_mastercard', { customer: customer.id, setup_future_usage: 'off_session' });
  const saved = await bench.stripe.paymentMethods.list({ customer: customer.id, type: 'card' });
  expect(saved.data.map((it) => it.card?.brand)).toEqual(['mastercard', 'visa']);
  expect((await bench.stripe.customers.listPaymentMethods(customer.id)).data).toHaveLength(2);
  expect(await refusalOf(pay(method.id))).toMatchObject({ param: 'payment_method' });
  expect((await pay(method.id, { customer: customer.id })).status).toBe('succeeded');
  await bench.stripe.paymentMethods.detach(method.id);
  expect((await bench.stripe.paymentMethods.list({ customer: customer.id })).data).toHaveLength(1);
  await bench.stripe.customers.del(customer.id);
  expect(await bench.stripe.customers.retrieve(customer.id)).toMatchObject({ deleted: true });
});
