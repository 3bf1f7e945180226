import { events, newEvent } from '@souk/events';
import { sql } from '@souk/postgres';
import { newId } from '@souk/runtime';
import { eventually } from '@souk/testkit';
import { type PaymentHarness, paymentHarness, STAFF } from '../testing/harness.js';
import type { DisputeSnapshot, ProviderNotice } from './ports.js';

let h: PaymentHarness;
beforeAll(async () => {
  h = await paymentHarness();
});
afterAll(() => h.close());

const tell = (notice: ProviderNotice) => {
  const rawBody = Buffer.from(JSON.stringify({ id: `evt_${newId('req')}`, notice }));
  return h.app.receiveWebhook('stripe', { rawBody, headers: { signature: 'signed' } });
};
async function captured() {
  const { payment } = await h.session(h.order().id);
  const parts = { state: 'CAPTURED', capturedCents: 4_550 } as const;
  await tell({ kind: 'INTENT', intent: h.stripe.set(String(payment?.providerReference), parts) });
  return eventually(async () => {
    const now = await h.payment(String(payment?.orderId));
    return now?.state === 'CAPTURED' ? now : false;
  });
}
const refund = (paymentId: string, cents: number | null, more: { returnId?: string; idempotencyKey?: string } = {}) =>
  h.app.refundPayment(STAFF, {
    paymentId,
    amount: cents === null ? null : { centAmount: cents, currencyCode: 'EUR' },
    reason: null,
    returnId: more.returnId ?? null,
    idempotencyKey: more.idempotencyKey ?? newId('req'),
  });
const published = sql<{ data: Record<string, unknown> }>(
  'test.refundedEvents',
  `SELECT data FROM outbox_event WHERE aggregate_id = $1 AND type = 'payment.refunded' ORDER BY sequence`,
);

test('a refund without an amount gives back all that is left, and a second one is refused', async () => {
  const payment = await captured();
  await refund(payment.id, 1_000);
  expect(await refund(payment.id, null)).toMatchObject({
    ok: true,
    refund: { amountCents: 3_550, state: 'SUCCEEDED' },
  });
  expect(await refund(payment.id, null)).toMatchObject({ ok: false, errors: [{ code: 'REFUND_EXCEEDS_CAPTURED' }] });
  expect(await h.ledger(payment.id)).toEqual({ orders: 0, 'provider:stripe': 0 });
});

test('the same key without an amount is the same refund, however much is left by then', async () => {
  const payment = await captured();
  const idempotencyKey = 'all-that-is-left';
  const first = await refund(payment.id, null, { idempotencyKey });
  const again = await refund(payment.id, null, { idempotencyKey });
  expect(again).toMatchObject({ ok: true, refund: { id: first.ok && first.refund.id, amountCents: 4_550 } });
  expect(await refund(payment.id, 4_550, { idempotencyKey })).toMatchObject({
    errors: [{ code: 'IDEMPOTENCY_KEY_REUSED' }],
  });
});

test('a refund for a return says so, by staff or by the order, and tells the return in payment.refunded', async () => {
  const payment = await captured();
  await refund(payment.id, 1_000, { returnId: 'rtn_1' });
  const event = newEvent(events.orderRefundRequired, {
    aggregateId: payment.orderId,
    sequence: 5,
    data: {
      orderId: payment.orderId,
      paymentId: payment.id,
      centAmount: 500,
      currencyCode: 'EUR',
      reason: 'RETURN_ACCEPTED',
      returnId: 'rtn_2',
    },
  });
  await Promise.all([h.app.followRefundRequired(event), h.app.followRefundRequired(event)]);
  const told = (await h.database.query(published, [payment.id])).map(({ data }) => data);
  expect(told).toMatchObject([
    { centAmount: 1_000, returnId: 'rtn_1', initiatedBy: 'CUSTOMER_RETURN', purposeId: payment.orderId },
    { centAmount: 500, returnId: 'rtn_2', initiatedBy: 'CUSTOMER_RETURN' },
  ]);
  expect(await refund(payment.id, 1, { returnId: 'ord_1' })).toMatchObject({ errors: [{ code: 'INVALID' }] });
});

describe('while a payment is disputed', () => {
  const dispute = (payment: { id: string; providerReference: string | null }, state: DisputeSnapshot['state']) =>
    tell({
      kind: 'DISPUTE',
      paymentId: null,
      dispute: {
        reference: `dp_${payment.id}`,
        intentReference: payment.providerReference,
        amountCents: 4_550,
        state,
        status: state.toLowerCase(),
        reason: 'fraudulent',
      },
    });
  const becomes = (orderId: string, disputed: boolean) =>
    eventually(async () => expect((await h.payment(orderId))?.disputed).toBe(disputed));
  async function refusedBecauseDisputed() {
    const payment = await captured();
    await dispute(payment, 'OPEN');
    await becomes(payment.orderId, true);
    h.stripe.fail('refund', 'refuse');
    expect(await refund(payment.id, 4_550)).toMatchObject({ ok: true, refund: { state: 'PENDING' } });
    return payment;
  }

  test('a refund that the provider refuses waits, and is made once the dispute is won', async () => {
    const payment = await refusedBecauseDisputed();
    await dispute(payment, 'WON');
    await becomes(payment.orderId, false);
    await h.makeDue();
    await h.app.settleRefunds();
    expect(await h.payment(payment.orderId)).toMatchObject({ refundedCents: 4_550, refunds: [{ state: 'SUCCEEDED' }] });
    expect(await h.ledger(payment.id)).toEqual({ disputes: 0, orders: 0, 'provider:stripe': 0 });
  });

  test('it has FAILED once the dispute is lost: the customer has his money back', async () => {
    const payment = await refusedBecauseDisputed();
    await dispute(payment, 'LOST');
    await becomes(payment.orderId, false);
    h.stripe.fail('refund', 'refuse');
    await h.makeDue();
    await h.app.settleRefunds();
    expect(await h.payment(payment.orderId)).toMatchObject({
      refundedCents: 0,
      refundReservedCents: 0,
      chargedBackCents: 4_550,
      refunds: [{ state: 'FAILED' }],
    });
    expect(await h.ledger(payment.id)).toEqual({ disputes: 0, orders: 0, 'provider:stripe': 0 });
    expect(await refund(payment.id, null)).toMatchObject({ errors: [{ code: 'REFUND_EXCEEDS_CAPTURED' }] });
  });
});

test('old webhooks and session keys are forgotten, failed and unprocessed ones are kept, by several replicas at once', async () => {
  const payment = await captured();
  await h.database.query(age);
  await tell({ kind: 'IRRELEVANT' });
  await tell({ kind: 'INTENT', intent: { ...unknownIntent(), paymentId: newId('pay') } });
  const before = (await h.webhooks()).length;
  await Promise.all([h.app.purge(), h.app.purge(), h.app.purge()]);
  const left = await h.webhooks();
  expect(left.length).toBeLessThan(before);
  expect(left.map(({ status }) => status).sort()).toEqual(['IGNORED', 'RECEIVED']);
  expect(await h.database.query(keys)).toEqual([{ count: 0 }]);
  expect(await h.payment(payment.orderId)).toMatchObject({ state: 'CAPTURED' });
});
const unknownIntent = () => ({
  reference: 'pi_unknown',
  state: 'WAITING' as const,
  currencyCode: 'EUR',
  authorizedCents: 0,
  capturedCents: 0,
  authorizedUntil: null,
  failure: null,
});
const age = sql(
  'test.age',
  `WITH w AS (UPDATE webhook_event SET processed_at = processed_at - interval '91 days' WHERE processed_at IS NOT NULL)
   UPDATE session_request SET created_at = created_at - interval '91 days'`,
);
const keys = sql<{ count: number }>('test.keys', 'SELECT count(*)::int AS count FROM session_request');
