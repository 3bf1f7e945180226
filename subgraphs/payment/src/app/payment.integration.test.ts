import { events, newEvent } from '@souk/events';
import { sql } from '@souk/postgres';
import { newContext, newId, runInContext } from '@souk/runtime';
import { eventually } from '@souk/testkit';
import { GUEST, type PaymentHarness, paymentHarness, STAFF, user } from '../testing/harness.js';

let h: PaymentHarness;
beforeAll(async () => {
  h = await paymentHarness();
});
afterAll(() => h.close());
afterEach(() => {
  h.state.ordersDown = false;
  h.stripe.state.refundState = 'SUCCEEDED';
});

async function opened(orderId = h.order().id) {
  const result = await h.session(orderId);
  if (!result.ok) throw new Error(result.errors[0]?.code);
  return result.payment;
}
const reference = (payment: { providerReference: string | null }) => String(payment.providerReference);
let told = 0;
const webhookOf = (notice: object, id = `evt_provider_${++told}`) => Buffer.from(JSON.stringify({ id, notice }));
const tell = (notice: object, id?: string) =>
  h.app.receiveWebhook('stripe', { rawBody: webhookOf(notice, id), headers: { signature: 'signed' } });
async function captured() {
  const payment = await opened();
  const intent = h.stripe.set(reference(payment), { state: 'CAPTURED', capturedCents: 4_550 });
  await tell({ kind: 'INTENT', intent });
  return eventually(async () => {
    const now = await h.payment(payment.orderId);
    return now?.state === 'CAPTURED' ? now : false;
  });
}

describe('opening a session', () => {
  test('opens one payment and one intent, of the amount of the order, in two statements', async () => {
    const order = h.order();
    const context = newContext('request');
    const result = await runInContext(context, () => h.session(order.id));
    expect(context.statements).toBe(2);
    expect(result).toMatchObject({
      ok: true,
      payment: { orderId: order.id, state: 'CREATED', amountCents: 4_550, currencyCode: 'EUR' },
    });
    expect(result.ok && result.clientSecret).toMatch(/^pi_.*_secret$/);
  });

  test('again, and ten times at once, is the same payment and the same intent', async () => {
    const order = h.order();
    const before = h.stripe.intents.size;
    const results = await Promise.all(Array.from({ length: 10 }, () => h.session(order.id)));
    expect(new Set(results.map((result) => result.payment?.id)).size).toBe(1);
    expect(new Set(results.map((result) => result.ok && result.clientSecret)).size).toBe(1);
    expect(h.stripe.intents.size).toBe(before + 1);
  });

  test('whose answer was lost finds the intent again with the same key', async () => {
    const order = h.order();
    const before = h.stripe.intents.size;
    h.stripe.fail('createIntent', 'after');
    expect(await h.session(order.id)).toMatchObject({ ok: false, errors: [{ code: 'PROVIDER_UNAVAILABLE' }] });
    expect(await h.session(order.id)).toMatchObject({ ok: true });
    expect(h.stripe.intents.size).toBe(before + 1);
  });

  test('that the provider answered with a failure of its own finds what was made, under another key', async () => {
    const order = h.order();
    const before = h.stripe.intents.size;
    h.stripe.fail('createIntent', 'error');
    expect(await h.session(order.id)).toMatchObject({ ok: false, errors: [{ code: 'PROVIDER_UNAVAILABLE' }] });
    expect(await h.session(order.id)).toMatchObject({ ok: true, payment: { attempt: 2 } });
    expect(h.stripe.intents.size).toBe(before + 1);
  });

  test('that the provider refuses is tried under another key the next time', async () => {
    const order = h.order();
    h.stripe.fail('createIntent', 'refuse');
    expect(await h.session(order.id)).toMatchObject({ ok: false, errors: [{ code: 'PROVIDER_DECLINED' }] });
    expect(await h.session(order.id)).toMatchObject({ ok: true, payment: { attempt: 2 } });
  });

  test('takes the new amount of an order into the same intent', async () => {
    const order = h.order();
    const first = await opened(order.id);
    h.orders.set(order.id, { ...order, dueCentAmount: 5_000 });
    const second = await opened(order.id);
    expect(second).toMatchObject({ id: first.id, providerReference: first.providerReference, amountCents: 5_000 });
    expect(h.stripe.keys.at(-1)).toBe(`${first.id}:amount:2:5000EUR`);
  });

  test.each([
    ['of an unknown order', () => 'ord_unknown', GUEST, 'NOT_FOUND'],
    ["of another user's order", () => h.order({ customerId: 'usr_1' }).id, user('usr_2'), 'NOT_FOUND'],
    ["of a user's order by a guest", () => h.order({ customerId: 'usr_1' }).id, GUEST, 'NOT_FOUND'],
    ['of a paid order', () => h.order({ status: 'CONFIRMED', payable: false }).id, GUEST, 'ALREADY_PAID'],
    ['of an expired order', () => h.order({ status: 'EXPIRED', payable: false }).id, GUEST, 'ORDER_NOT_PAYABLE'],
  ])('%s is refused and reaches no provider', async (_, orderId, viewer, code) => {
    const keys = h.stripe.keys.length;
    const id = orderId();
    expect(await h.session(id, viewer)).toMatchObject({ ok: false, errors: [{ code }] });
    expect(h.stripe.keys).toHaveLength(keys);
    expect(await h.payment(id)).toBeUndefined();
  });

  test('with a key that was used for another order is refused and opens nothing', async () => {
    const viewer = user('usr_7');
    const [one, other] = [h.order({ customerId: 'usr_7' }), h.order({ customerId: 'usr_7' })];
    await h.session(one.id, viewer, 'the-same-key');
    expect(await h.session(other.id, viewer, 'the-same-key')).toMatchObject({
      errors: [{ code: 'IDEMPOTENCY_KEY_REUSED' }],
    });
    expect(await h.payment(other.id)).toBeUndefined();
  });

  test('while the order service is down is a typed refusal', async () => {
    const order = h.order();
    h.state.ordersDown = true;
    expect(await h.session(order.id)).toMatchObject({ errors: [{ code: 'DEPENDENCY_UNAVAILABLE' }] });
  });

  test('of a captured payment is refused as already paid, before its order knows', async () => {
    const payment = await captured();
    expect(await h.session(payment.orderId)).toMatchObject({ ok: false, errors: [{ code: 'ALREADY_PAID' }] });
  });
});

describe('webhooks', () => {
  test('capture the payment, balance the ledger and publish payment.captured together', async () => {
    const payment = await opened();
    const intent = h.stripe.set(reference(payment), { state: 'CAPTURED', capturedCents: 4_550 });
    await tell({ kind: 'INTENT', intent });
    await eventually(async () => expect((await h.payment(payment.orderId))?.state).toBe('CAPTURED'));
    expect(await h.events(payment.id)).toEqual(['payment.captured']);
    expect(await h.ledger(payment.id)).toEqual({ orders: -4_550, 'provider:stripe': 4_550 });
  });

  test('three times in parallel are one payment and one event', async () => {
    const payment = await opened();
    const intent = h.stripe.set(reference(payment), { state: 'CAPTURED', capturedCents: 4_550 });
    const notice = { kind: 'INTENT', intent };
    const same = `evt_same_${payment.id}`;
    const results = await Promise.all([tell(notice, same), tell(notice, same), tell(notice, same), tell(notice)]);
    expect(results.filter((result) => result === 'STORED')).toHaveLength(2);
    await eventually(async () => expect((await h.payment(payment.orderId))?.state).toBe('CAPTURED'));
    await h.makeDue();
    await h.app.sweepWebhooks();
    expect(await h.events(payment.id)).toEqual(['payment.captured']);
    expect(await h.ledger(payment.id)).toEqual({ orders: -4_550, 'provider:stripe': 4_550 });
  });

  test.each(['altered', undefined, ''])('that are not signed (%p) are refused and leave nothing', async (signature) => {
    const before = await h.webhooks();
    const headers: Record<string, string> = signature === undefined ? {} : { signature };
    const message = { rawBody: webhookOf({ kind: 'IRRELEVANT' }), headers };
    expect(await h.app.receiveWebhook('stripe', message)).toBe('REFUSED');
    expect(await h.webhooks()).toEqual(before);
  });

  test('that come before our own call is answered are applied to the payment they name', async () => {
    const order = h.order();
    h.stripe.fail('createIntent', 'after');
    await h.session(order.id);
    const intent = [...h.stripe.intents.values()].at(-1);
    if (intent === undefined) throw new Error('no intent');
    await tell({ kind: 'INTENT', intent: h.stripe.set(intent.reference, { state: 'CAPTURED', capturedCents: 4_550 }) });
    await eventually(async () => expect((await h.payment(order.id))?.state).toBe('CAPTURED'));
    expect((await h.payment(order.id))?.providerReference).toBe(intent.reference);
  });

  test('of a payment that is not known yet are parked, and applied once it is', async () => {
    const order = h.order();
    const payment = await opened(order.id);
    const intent = h.stripe.set(reference(payment), { state: 'CAPTURED', capturedCents: 4_550 });
    const unknown = { ...intent, reference: 'pi_later', paymentId: newId('pay') };
    const id = `evt_parked_${payment.id}`;
    await tell({ kind: 'INTENT', intent: unknown }, id);
    await eventually(async () => {
      const [parked] = (await h.app.listWebhooks({ status: 'RECEIVED', first: 5, after: null })).filter(
        (webhook) => webhook.providerEventId === id,
      );
      expect(parked).toMatchObject({ attempts: 1, lastError: 'the payment is not known yet' });
    });
    await h.database.query(rename, [payment.id, 'pi_later']);
    await h.makeDue();
    await h.app.sweepWebhooks();
    expect((await h.payment(order.id))?.state).toBe('CAPTURED');
  });

  test('can be replayed by staff without a second effect', async () => {
    const payment = await captured();
    const [webhook] = (await h.app.listWebhooks({ status: 'PROCESSED', first: 1, after: null })) ?? [];
    expect(await h.app.replayWebhook(String(webhook?.id))).toMatchObject({ ok: true, event: { status: 'PROCESSED' } });
    expect(await h.app.replayWebhook('whk_unknown')).toMatchObject({ ok: false, errors: [{ code: 'NOT_FOUND' }] });
    expect(await h.events(payment.id)).toEqual(['payment.captured']);
  });

  test('a declined attempt is published once and the customer can pay after it', async () => {
    const payment = await opened();
    const failure = { code: 'card_declined', message: 'No.', reference: 'ch_1' };
    const intent = h.stripe.set(reference(payment), { failure });
    await tell({ kind: 'INTENT', intent });
    await tell({ kind: 'INTENT', intent });
    await eventually(async () => expect((await h.payment(payment.orderId))?.state).toBe('FAILED'));
    expect(await h.session(payment.orderId)).toMatchObject({ ok: true });
    await tell({
      kind: 'INTENT',
      intent: h.stripe.set(reference(payment), { state: 'CAPTURED', capturedCents: 4_550 }),
    });
    await eventually(async () => expect((await h.payment(payment.orderId))?.state).toBe('CAPTURED'));
    expect(await h.events(payment.id)).toEqual(['payment.failed', 'payment.captured']);
  });

  test('a dispute is shown on the payment until it is closed', async () => {
    const payment = await captured();
    const dispute = {
      reference: `dp_${payment.id}`,
      intentReference: payment.providerReference,
      amountCents: 4_550,
      state: 'OPEN',
      status: 'needs_response',
      reason: 'fraudulent',
    };
    await tell({ kind: 'DISPUTE', dispute });
    await eventually(async () => expect((await h.payment(payment.orderId))?.disputed).toBe(true));
    await tell({ kind: 'DISPUTE', dispute: { ...dispute, status: 'won', state: 'WON' } });
    await eventually(async () => expect((await h.payment(payment.orderId))?.disputed).toBe(false));
  });
});

const rename = sql('test.rename', `UPDATE payment SET provider_reference = $2 WHERE id = $1`);

describe('the reconciliation', () => {
  test('finds a payment whose webhook never came', async () => {
    const payment = await opened();
    h.stripe.set(reference(payment), { state: 'CAPTURED', capturedCents: 4_550 });
    await h.makeDue();
    await h.app.settlePayments();
    expect((await h.payment(payment.orderId))?.state).toBe('CAPTURED');
    expect(await h.events(payment.id)).toEqual(['payment.captured']);
  });

  test('cancels the intent of an order whose time is over, and only then', async () => {
    const order = h.order();
    const payment = await opened(order.id);
    await h.makeDue();
    await h.app.settlePayments();
    expect((await h.payment(order.id))?.state).toBe('CREATED');
    h.orders.set(order.id, { ...order, status: 'EXPIRED', payable: false });
    h.state.offsetMs = 3_600_000;
    await h.makeDue();
    await h.app.settlePayments();
    h.state.offsetMs = 0;
    expect((await h.payment(order.id))?.state).toBe('CANCELLED');
    expect(h.stripe.intents.get(reference(payment))?.state).toBe('CANCELLED');
    expect(await h.events(payment.id)).toEqual([]);
  });
});

const orderEnded = (type: 'orderExpired' | 'orderCancelled', orderId: string) =>
  newEvent(events[type], {
    aggregateId: orderId,
    sequence: 2,
    data: { orderId, number: 'S-1', customerId: null, cartId: 'crt_1', couponCodes: [], reason: 'TEST' },
  });
const refundRequired = (orderId: string, paymentId: string, centAmount: number) =>
  newEvent(events.orderRefundRequired, {
    aggregateId: orderId,
    sequence: 3,
    data: { orderId, paymentId, centAmount, currencyCode: 'EUR', reason: 'ORDER_EXPIRED' },
  });

describe('the end of an order', () => {
  test('cancels its live intent, and wakes the one who does it', async () => {
    const payment = await opened();
    const woken = h.state.settlingWoken;
    const event = orderEnded('orderExpired', payment.orderId);
    await Promise.all([h.app.followOrderEnd(event), h.app.followOrderEnd(event)]);
    expect(h.state.settlingWoken).toBe(woken + 1);
    await h.makeDue();
    await h.app.settlePayments();
    expect((await h.payment(payment.orderId))?.state).toBe('CANCELLED');
    expect(await h.session(payment.orderId)).toMatchObject({ errors: [{ code: 'ORDER_NOT_PAYABLE' }] });
  });

  test('that meets a payment made at the same moment finds the capture instead', async () => {
    const payment = await opened();
    h.stripe.set(reference(payment), { state: 'CAPTURED', capturedCents: 4_550 });
    await h.app.followOrderEnd(orderEnded('orderExpired', payment.orderId));
    await h.makeDue();
    await h.app.settlePayments();
    expect(await h.events(payment.id)).toEqual(['payment.captured']);
  });

  test('cancelled after it was paid gives all of it back, once, however often it is told', async () => {
    const payment = await captured();
    const event = orderEnded('orderCancelled', payment.orderId);
    await Promise.all([1, 2, 3].map(() => h.app.followOrderEnd(event)));
    await h.app.followRefundRequired(refundRequired(payment.orderId, payment.id, 4_550));
    const now = await h.payment(payment.orderId);
    expect(now).toMatchObject({ refundedCents: 4_550, refundReservedCents: 4_550 });
    expect(now?.refunds).toMatchObject([{ initiatedBy: 'COMPENSATION', state: 'SUCCEEDED', amountCents: 4_550 }]);
    expect(await h.events(payment.id)).toEqual(['payment.captured', 'payment.refunded']);
    expect(await h.ledger(payment.id)).toEqual({ orders: 0, 'provider:stripe': 0 });
  });

  test('expired after it was paid leaves the money to the decision of the order service', async () => {
    const payment = await captured();
    await h.app.followOrderEnd(orderEnded('orderExpired', payment.orderId));
    expect((await h.payment(payment.orderId))?.refundReservedCents).toBe(0);
  });

  test.each(['after', 'error'] as const)(
    'whose refund fails unclearly (%s) is repaired by the sweeper, once',
    async (fault) => {
      const payment = await captured();
      h.stripe.fail('refund', fault);
      await h.app.followRefundRequired(refundRequired(payment.orderId, payment.id, 4_550));
      expect((await h.payment(payment.orderId))?.refunds).toMatchObject([{ state: 'PENDING' }]);
      const made = h.stripe.refunds.size;
      await h.makeDue();
      await h.app.settleRefunds();
      expect((await h.payment(payment.orderId))?.refunds).toMatchObject([{ state: 'SUCCEEDED' }]);
      expect(h.stripe.refunds.size).toBe(made);
      expect(await h.events(payment.id)).toEqual(['payment.captured', 'payment.refunded']);
    },
  );

  test('of an order without a payment is applied once and does nothing', async () => {
    const event = orderEnded('orderExpired', newId('ord'));
    await h.app.followOrderEnd(event);
    await h.app.followOrderEnd(event);
  });
});

describe('refunds by staff', () => {
  const refund = (paymentId: string, centAmount: number, idempotencyKey: string = newId('req')) =>
    h.app.refundPayment(STAFF, {
      paymentId,
      amount: { centAmount, currencyCode: 'EUR' },
      reason: 'damaged',
      returnId: null,
      idempotencyKey,
    });

  test('partial and repeated: the same key is one refund, another input with it is refused', async () => {
    const payment = await captured();
    const first = await refund(payment.id, 1_000, 'refund-key');
    const again = await refund(payment.id, 1_000, 'refund-key');
    expect(first).toMatchObject({ ok: true, refund: { state: 'SUCCEEDED', amountCents: 1_000 } });
    expect(again.ok && first.ok && again.refund.id === first.refund.id).toBe(true);
    expect(await refund(payment.id, 999, 'refund-key')).toMatchObject({ errors: [{ code: 'IDEMPOTENCY_KEY_REUSED' }] });
    expect((await h.payment(payment.orderId))?.refundedCents).toBe(1_000);
    expect(await h.ledger(payment.id)).toEqual({ orders: -3_550, 'provider:stripe': 3_550 });
  });

  test('twenty at once of 10.00 each never give back more than the captured 45.50', async () => {
    const payment = await captured();
    const results = await Promise.all(Array.from({ length: 20 }, () => refund(payment.id, 1_000)));
    expect(results.filter((result) => result.ok)).toHaveLength(4);
    const refused = results.flatMap((result) => (result.ok ? [] : result.errors.map((error) => error.code)));
    expect(new Set(refused)).toEqual(new Set(['REFUND_EXCEEDS_CAPTURED']));
    expect((await h.payment(payment.orderId))?.refundedCents).toBe(4_000);
    expect(await h.ledger(payment.id)).toEqual({ orders: -550, 'provider:stripe': 550 });
    expect((await h.events(payment.id)).filter((type) => type === 'payment.refunded')).toHaveLength(4);
  });

  test('the same key five times at once is one refund', async () => {
    const payment = await captured();
    const results = await Promise.all(Array.from({ length: 5 }, () => refund(payment.id, 500, 'one-refund-key')));
    expect(new Set(results.map((result) => result.ok && result.refund.id)).size).toBe(1);
    expect((await h.payment(payment.orderId))?.refundedCents).toBe(500);
  });

  test('that the provider refuses are FAILED and their amount can be refunded again', async () => {
    const payment = await captured();
    h.stripe.fail('refund', 'refuse');
    expect(await refund(payment.id, 4_550)).toMatchObject({ ok: true, refund: { state: 'FAILED' } });
    expect(await refund(payment.id, 4_550)).toMatchObject({ ok: true, refund: { state: 'SUCCEEDED' } });
  });

  test.each([
    ['of nothing', 0, 'INVALID'],
    ['of less than nothing', -1, 'INVALID'],
    ['of more than was captured', 4_551, 'REFUND_EXCEEDS_CAPTURED'],
  ])('%s are refused and publish nothing', async (_, cents, code) => {
    const payment = await captured();
    expect(await refund(payment.id, cents)).toMatchObject({ ok: false, errors: [{ code }] });
    expect(await h.events(payment.id)).toEqual(['payment.captured']);
  });

  test('made at the provider are mirrored, and one of ours told by webhook is not doubled', async () => {
    const payment = await captured();
    await refund(payment.id, 1_000);
    const made = {
      reference: `re_dashboard_${payment.id}`,
      intentReference: payment.providerReference,
      refundId: null,
      amountCents: 550,
      currencyCode: 'EUR',
      state: 'SUCCEEDED' as const,
      failureCode: null,
    };
    h.stripe.refunds.set(made.reference, { ...made, intentReference: reference(payment) });
    await tell({ kind: 'REFUNDS_CHANGED', intentReference: payment.providerReference });
    await tell({ kind: 'REFUND', refund: made });
    await eventually(async () => expect((await h.payment(payment.orderId))?.refundedCents).toBe(1_550));
    const now = await h.payment(payment.orderId);
    expect(now?.refunds.map((one) => one.initiatedBy)).toEqual(['STAFF', 'PROVIDER']);
    expect(await h.events(payment.id)).toEqual(['payment.captured', 'payment.refunded', 'payment.refunded']);
  });
});

describe('the database itself', () => {
  test('refuses a ledger transaction that does not balance, and any change of the ledger', async () => {
    const payment = await captured();
    await expect(h.database.query(unbalanced, [payment.id])).rejects.toThrow('does not balance');
    await expect(h.database.query(tamper, [payment.id])).rejects.toThrow('append-only');
    expect(await h.ledger(payment.id)).toEqual({ orders: -4_550, 'provider:stripe': 4_550 });
  });

  test('refuses to refund more than was captured', async () => {
    const payment = await captured();
    await expect(h.database.query(overRefund, [payment.id])).rejects.toThrow('never_refunds_more');
  });
});

const unbalanced = sql(
  'test.unbalanced',
  `INSERT INTO ledger_entry (id, transaction_id, payment_id, account, currency_code, amount_cents)
   VALUES ('led_x', 'test', $1, 'orders', 'EUR', 5)`,
);
const tamper = sql('test.tamper', `UPDATE ledger_entry SET amount_cents = 1 WHERE payment_id = $1`);
const overRefund = sql('test.overRefund', `UPDATE payment SET refunded_cents = captured_cents + 1 WHERE id = $1`);

describe('who sees a payment', () => {
  test("a guest's by its order's id, a user's only by that user, staff and services", async () => {
    const guests = await opened();
    const mine = h.order({ customerId: 'usr_1' });
    const result = await h.session(mine.id, user('usr_1'));
    const users = String(result.payment?.id);
    const seen = async (viewer: typeof GUEST, id: string) =>
      (await h.app.findPayments(viewer, [id], false))[0] !== undefined;
    expect(await seen(GUEST, guests.id)).toBe(true);
    expect(await seen(GUEST, users)).toBe(false);
    expect(await seen(user('usr_2'), users)).toBe(false);
    expect(await seen(user('usr_1'), users)).toBe(true);
    expect(await seen(STAFF, users)).toBe(true);
    expect(await h.app.findOrderPayments(user('usr_2'), [mine.id, guests.orderId], false)).toMatchObject([
      null,
      [{ id: guests.id }],
    ]);
  });
});
