import { type StandIns, startStandIns } from '@souk/local/standIns/startStandIns';
import { createHttpServer, createLogger } from '@souk/runtime';
import { eventually } from '@souk/testkit';
import { createStripeProvider } from './adapters/stripe/provider.stripe.js';
import { type PaymentHarness, paymentHarness, STAFF } from './testing/harness.js';
import { webhookRoutes } from './webhooks/providerWebhook.js';

const KEYS = { secretKey: 'sk_test_integration', webhookSecret: 'whsec_integration_test' };

let standIns: StandIns | undefined;
let h: PaymentHarness;
let webhookUrl: string;
const logger = createLogger('payment', 'silent');
const server = createHttpServer({ service: 'payment', logger, readiness: {} });

/** The stand-in must know the webhook's address, and the provider the stand-in's: the route is there first, and asks for the app later. */
beforeAll(async () => {
  webhookRoutes({ receiveWebhook: (...args) => h.app.receiveWebhook(...args) })(server);
  webhookUrl = `${await server.listen({ host: '127.0.0.1', port: 0 })}/webhooks/stripe`;
  standIns = await startStandIns({
    host: '127.0.0.1',
    port: 0,
    stripe: { ...KEYS, webhookUrl },
    sendgrid: { apiKey: 'SG.test' },
    twilio: { accountSid: `AC${'0'.repeat(32)}`, authToken: 'token' },
  });
  const provider = createStripeProvider({
    ...KEYS,
    publishableKey: 'pk_test_integration',
    captureMethod: 'AUTOMATIC',
    apiBaseUrl: standIns.url,
    timeoutMs: 2_000,
    maxNetworkRetries: 0,
  });
  h = await paymentHarness({ provider });
});
afterAll(async () => {
  await standIns?.close();
  await server.close();
  await h?.close();
});
const origin = () => String(standIns?.url);

const control = async (path: string, body: object = {}) => {
  const response = await fetch(`${origin()}/control${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok && response.status !== 402) throw new Error(`${path}: ${response.status} ${await response.text()}`);
};
async function opened() {
  const result = await h.session(h.order().id);
  if (!result.ok) throw new Error(result.errors[0]?.code);
  return result;
}
const stateOf = async (orderId: string) => (await h.payment(orderId))?.state;

describe("through Stripe's SDK and signed webhooks", () => {
  test('a paid intent is a captured payment, one event, a balanced ledger', async () => {
    const { payment, clientSecret } = await opened();
    expect(payment.providerReference).toMatch(/^pi_/);
    expect(clientSecret).toMatch(new RegExp(`^${payment.providerReference}_secret_`));
    await control(`/payment_intents/${payment.providerReference}/pay`);
    await eventually(async () => expect(await stateOf(payment.orderId)).toBe('CAPTURED'));
    expect(await h.events(payment.id)).toEqual(['payment.captured']);
    expect(await h.ledger(payment.id)).toEqual({ orders: -4_550, 'provider:stripe': 4_550 });
  });

  test('a declined card fails the attempt and another card pays', async () => {
    const { payment } = await opened();
    await control(`/payment_intents/${payment.providerReference}/pay`, { payment_method: 'pm_card_chargeDeclined' });
    await eventually(async () => expect(await stateOf(payment.orderId)).toBe('FAILED'));
    expect((await h.payment(payment.orderId))?.failureCode).toBe('generic_decline');
    await control(`/payment_intents/${payment.providerReference}/pay`);
    await eventually(async () => expect(await stateOf(payment.orderId)).toBe('CAPTURED'));
    expect(await h.events(payment.id)).toEqual(['payment.failed', 'payment.captured']);
  });

  test('3-D Secure that fails, a card that is declined and 3-D Secure that passes are attempts of one session and one intent', async () => {
    const { payment, clientSecret } = await opened();
    const at = `/payment_intents/${payment.providerReference}`;
    const becomes = (state: string) => eventually(async () => expect(await stateOf(payment.orderId)).toBe(state));
    await control(`${at}/pay`, { payment_method: 'pm_card_threeDSecureRequired' });
    await becomes('REQUIRES_ACTION');
    await control(`${at}/authenticate`, { outcome: 'fail' });
    await becomes('FAILED');
    await control(`${at}/pay`, { payment_method: 'pm_card_chargeDeclinedInsufficientFunds' });
    await eventually(async () => expect((await h.payment(payment.orderId))?.failureCode).toBe('insufficient_funds'));
    const again = await h.session(payment.orderId);
    expect(again.ok && again.clientSecret).toBe(clientSecret);
    await control(`${at}/pay`, { payment_method: 'pm_card_threeDSecureRequired' });
    await control(`${at}/authenticate`);
    await becomes('CAPTURED');
    expect(await h.payment(payment.orderId)).toMatchObject({ failureCode: null, failureMessage: null });
    expect(await h.events(payment.id)).toEqual(['payment.failed', 'payment.failed', 'payment.captured']);
    expect(await h.ledger(payment.id)).toEqual({ orders: -4_550, 'provider:stripe': 4_550 });
  });

  test.each([
    ['won', { disputes: 0, orders: -4_550, 'provider:stripe': 4_550 }, 0],
    ['lost', { disputes: 0, orders: 0, 'provider:stripe': 0 }, 4_550],
  ])('a dispute takes the money until it is %s', async (outcome, books, chargedBackCents) => {
    const { payment } = await opened();
    const at = `/payment_intents/${payment.providerReference}`;
    await control(`${at}/pay`);
    await eventually(async () => expect(await stateOf(payment.orderId)).toBe('CAPTURED'));
    await control(`${at}/dispute`);
    await eventually(async () => expect((await h.payment(payment.orderId))?.disputed).toBe(true));
    expect(await h.ledger(payment.id)).toEqual({ disputes: 4_550, orders: -4_550, 'provider:stripe': 0 });
    const [dispute] = await h.app.listDisputes({ open: true, first: 1, after: null });
    await control(`/disputes/${dispute?.reference}/close`, { outcome });
    await eventually(async () => expect((await h.payment(payment.orderId))?.disputed).toBe(false));
    expect(await h.ledger(payment.id)).toEqual(books);
    expect(await h.payment(payment.orderId)).toMatchObject({ chargedBackCents });
    expect(await h.events(payment.id)).toEqual(['payment.captured', 'payment.disputed', 'payment.disputed']);
    const all = { paymentId: payment.id, amount: null, reason: null, returnId: null, idempotencyKey: 'give-it-back' };
    expect((await h.app.refundPayment(STAFF, all)).ok).toBe(chargedBackCents === 0);
  });

  test('opening the session again finds the same intent at the provider', async () => {
    const { payment, clientSecret } = await opened();
    const again = await h.session(payment.orderId);
    expect(again.ok && again.clientSecret).toBe(clientSecret);
  });

  test('refunds of ours and of the dashboard are each counted once', async () => {
    const { payment } = await opened();
    await control(`/payment_intents/${payment.providerReference}/pay`);
    await eventually(async () => expect(await stateOf(payment.orderId)).toBe('CAPTURED'));
    const amount = { centAmount: 1_000, currencyCode: 'EUR' };
    const command = { paymentId: payment.id, amount, reason: null, returnId: null, idempotencyKey: 'refund-one' };
    expect(await h.app.refundPayment(STAFF, command)).toMatchObject({ ok: true, refund: { state: 'SUCCEEDED' } });
    await control(`/payment_intents/${payment.providerReference}/refund`, { amount: '550' });
    await eventually(async () => {
      const now = await h.payment(payment.orderId);
      expect(now?.refundedCents).toBe(1_550);
      expect(now?.refunds.map((refund) => refund.initiatedBy)).toEqual(['STAFF', 'PROVIDER']);
    });
    await eventually(async () => {
      const waiting = await h.app.listWebhooks({ status: 'RECEIVED', first: 50, after: null });
      expect(waiting).toEqual([]);
    });
    expect(await h.ledger(payment.id)).toEqual({ orders: -3_000, 'provider:stripe': 3_000 });
  });

  test('an order that ends has its intent cancelled at the provider', async () => {
    const { payment } = await opened();
    const { events, newEvent } = await import('@souk/events');
    const data = { number: 'S-1', customerId: null, cartId: 'crt_1', couponCodes: [], reason: 'TEST' };
    const event = newEvent(events.orderExpired, {
      aggregateId: payment.orderId,
      sequence: 2,
      data: { ...data, orderId: payment.orderId },
    });
    await h.app.followOrderEnd(event);
    await h.makeDue();
    await h.app.settlePayments();
    expect(await stateOf(payment.orderId)).toBe('CANCELLED');
  });

  test('a body that was altered on its way is answered 400 and stored nowhere', async () => {
    const response = await fetch(webhookUrl, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'stripe-signature': `t=${Math.floor(Date.now() / 1_000)},v1=${'0'.repeat(64)}`,
      },
      body: '{"id":"evt_forged","type":"payment_intent.succeeded"}',
    });
    expect(response.status).toBe(400);
    const stored = (await h.storedWebhooks()).map((webhook) => webhook.provider_event_id);
    expect(stored).toContainEqual(expect.stringMatching(/^evt_/));
    expect(stored).not.toContain('evt_forged');
    expect((await fetch(webhookUrl.replace('stripe', 'unknown'), { method: 'POST', body: '{}' })).status).toBe(404);
  });

  test.each([
    ['cuts the connection after acting', { kind: 'close', when: 'after', times: '2' }],
    ['never answers', { kind: 'hang', when: 'after' }],
    ['answers 500 after acting and remembers it', { kind: 'error', status: '500', when: 'after', remembered: 'true' }],
  ])('a provider that %s is a typed refusal, and its one intent is found afterwards', async (_, fault) => {
    const order = h.order();
    await control('/faults', { provider: 'stripe', path: '/v1/payment_intents', method: 'POST', ...fault });
    const first = await h.session(order.id);
    expect(first).toMatchObject({ ok: false, errors: [{ code: 'PROVIDER_UNAVAILABLE' }] });
    const second = await h.session(order.id);
    expect(second).toMatchObject({ ok: true });
    const made = await fetch(`${origin()}/control/payment_intents?metadata.souk_order_id=${order.id}`);
    const { payments } = (await made.json()) as { payments: unknown[] };
    expect(payments).toHaveLength(1);
  });
});
