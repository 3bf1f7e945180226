import { newId } from '@souk/runtime';
import { type PaymentHarness, paymentHarness, STAFF } from '../testing/harness.js';

let h: PaymentHarness;
beforeAll(async () => {
  h = await paymentHarness();
});
afterAll(() => h.close());

const open = (orderId: string, provider: string) => h.session(orderId, undefined, newId('req'), { provider });
const paymentsOf = async (orderId: string) => (await h.app.findOrderPayments(STAFF, [orderId], false))[0] ?? [];

describe('choosing another provider', () => {
  test('cancels the intent at the first one, and opens one at the second', async () => {
    const order = h.order();
    const first = await open(order.id, 'stripe');
    const second = await open(order.id, 'other');
    expect(second).toMatchObject({ ok: true, payment: { provider: 'other', state: 'CREATED', purposeId: order.id } });
    expect(h.stripe.intents.get(String(first.payment?.providerReference))?.state).toBe('CANCELLED');
    expect(await paymentsOf(order.id)).toMatchObject([
      { provider: 'stripe', state: 'CANCELLED', replaced: true },
      { provider: 'other', state: 'CREATED', replaced: false },
    ]);
  });

  test('after the first one was paid, unheard of so far, is refused: it is paid once', async () => {
    const order = h.order();
    const first = await open(order.id, 'stripe');
    const made = h.other.intents.size;
    h.stripe.set(String(first.payment?.providerReference), { state: 'CAPTURED', capturedCents: 4_550 });
    expect(await open(order.id, 'other')).toMatchObject({ ok: false, errors: [{ code: 'ALREADY_PAID' }] });
    expect(h.other.intents.size).toBe(made);
    expect(await h.events(String(first.payment?.id))).toEqual(['payment.captured']);
  });

  test('while the first one cannot be reached changes nothing', async () => {
    const order = h.order();
    await open(order.id, 'stripe');
    h.stripe.fail('cancelIntent', 'before');
    expect(await open(order.id, 'other')).toMatchObject({ ok: false, errors: [{ code: 'PROVIDER_UNAVAILABLE' }] });
    expect(await paymentsOf(order.id)).toMatchObject([{ provider: 'stripe', state: 'CREATED', replaced: false }]);
    expect(await open(order.id, 'other')).toMatchObject({ ok: true });
  });

  test('to and fro, and both at once, leaves one live payment', async () => {
    const order = h.order();
    for (const provider of ['stripe', 'other', 'stripe']) await open(order.id, provider);
    await Promise.all([open(order.id, 'other'), open(order.id, 'stripe'), open(order.id, 'other')]);
    const live = (await paymentsOf(order.id)).filter((payment) => !payment.replaced);
    expect(live).toHaveLength(1);
    const intents = [...h.stripe.intents.values(), ...h.other.intents.values()];
    const ids = new Set((await paymentsOf(order.id)).map((payment) => payment.id));
    const waiting = intents.filter((intent) => ids.has(String(intent.paymentId)) && intent.state === 'WAITING');
    expect(waiting.length).toBeLessThanOrEqual(1);
  });

  test('money that comes for a replaced payment after all is told, so that its order gives it back', async () => {
    const order = h.order();
    const first = await open(order.id, 'stripe');
    await open(order.id, 'other');
    const reference = String(first.payment?.providerReference);
    const intent = h.stripe.set(reference, { state: 'CAPTURED', capturedCents: 4_550 });
    const rawBody = Buffer.from(JSON.stringify({ id: newId('req'), notice: { kind: 'INTENT', intent } }));
    await h.app.receiveWebhook('stripe', { rawBody, headers: { signature: 'signed' } });
    await h.app.finishWebhooks();
    await h.makeDue();
    await h.app.sweepWebhooks();
    expect(await h.events(String(first.payment?.id))).toEqual(['payment.captured']);
    expect(await h.ledger(String(first.payment?.id))).toEqual({ orders: -4_550, 'provider:stripe': 4_550 });
  });
});

test('an intent that was cancelled at the provider is replaced while its order can still be paid', async () => {
  const order = h.order();
  const first = await open(order.id, 'stripe');
  h.stripe.set(String(first.payment?.providerReference), { state: 'CANCELLED' });
  expect(await open(order.id, 'stripe')).toMatchObject({ ok: false, errors: [{ code: 'ORDER_NOT_PAYABLE' }] });
  const second = await open(order.id, 'stripe');
  expect(second).toMatchObject({ ok: true, payment: { state: 'CREATED' } });
  expect(second.payment?.id).not.toBe(first.payment?.id);
});

describe('a return URL', () => {
  const returning = (returnUrl: string) => h.session(h.order().id, undefined, newId('req'), { returnUrl });
  test("must be one of the shop's own pages", async () => {
    expect(await returning('https://shop.example/thanks?order=1')).toMatchObject({ ok: true });
    for (const url of [
      'https://evil.example/',
      'https://shop.example.evil.example/',
      '//shop.example/x',
      'javascript:1',
    ]) {
      expect(await returning(url)).toMatchObject({
        ok: false,
        errors: [{ code: 'INVALID', field: ['input', 'returnUrl'] }],
      });
    }
  });
});

describe('confirming a session', () => {
  const approved = async () => {
    const order = h.order();
    const { payment } = await open(order.id, 'stripe');
    if (payment === null) throw new Error('no payment');
    h.stripe.set(String(payment.providerReference), { state: 'APPROVED' });
    return { order, payment };
  };

  test('completes what the customer has approved, once, whoever asks and however often', async () => {
    const { payment } = await approved();
    const confirm = () => h.app.confirmSession({ kind: 'anonymous' }, payment.id);
    await Promise.all([confirm(), confirm(), h.app.settlePayments(), confirm()]);
    expect(await confirm()).toMatchObject({ payment: { state: 'CAPTURED', capturedCents: 4_550 }, errors: [] });
    expect(await h.events(payment.id)).toEqual(['payment.captured']);
    expect(await h.ledger(payment.id)).toEqual({ orders: -4_550, 'provider:stripe': 4_550 });
  });

  test('whose answer was lost is completed by the reconciliation, once', async () => {
    const { payment } = await approved();
    h.stripe.fail('completeIntent', 'after');
    const result = await h.app.confirmSession({ kind: 'anonymous' }, payment.id);
    expect(result).toMatchObject({ errors: [{ code: 'PROVIDER_UNAVAILABLE' }] });
    await h.makeDue();
    await h.app.settlePayments();
    expect(await h.events(payment.id)).toEqual(['payment.captured']);
  });

  test('of an order that cannot be paid any more takes no money', async () => {
    const { order, payment } = await approved();
    h.orders.set(order.id, { ...order, status: 'EXPIRED', payable: false });
    await h.app.confirmSession({ kind: 'anonymous' }, payment.id);
    expect(h.stripe.intents.get(String(payment.providerReference))?.capturedCents).toBe(0);
    expect(await h.events(payment.id)).toEqual([]);
  });

  test("of another user's order is refused as not there", async () => {
    const order = h.order({ customerId: 'usr_1' });
    const viewer = { kind: 'user', userId: 'usr_1', sessionId: 'ses_1', roles: [], scopes: [] } as const;
    const { payment } = await h.session(order.id, viewer);
    const result = await h.app.confirmSession({ kind: 'anonymous' }, String(payment?.id));
    expect(result).toMatchObject({ payment: null, errors: [{ code: 'NOT_FOUND' }] });
  });
});
