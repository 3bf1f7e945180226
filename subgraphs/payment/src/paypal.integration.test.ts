import { type StandIns, startStandIns } from '@souk/local/standIns/startStandIns';
import { createHttpServer, createLogger } from '@souk/runtime';
import { eventually } from '@souk/testkit';
import { createPaypalProvider } from './adapters/paypal/provider.paypal.js';
import { type PaymentHarness, paymentHarness, STAFF } from './testing/harness.js';
import { webhookRoutes } from './webhooks/providerWebhook.js';

const ACCOUNT = { clientId: 'client-id', clientSecret: 'client-secret', webhookId: 'WEBHOOK1' };
const STRIPE = { secretKey: 'sk_test_integration', webhookSecret: 'whsec_integration_test' };

let standIns: StandIns | undefined;
let h: PaymentHarness;
let webhookUrl: string;
const logger = createLogger('payment', 'silent');
const server = createHttpServer({ service: 'payment', logger, readiness: {} });

beforeAll(async () => {
  webhookRoutes({ receiveWebhook: (...args) => h.app.receiveWebhook(...args) })(server);
  webhookUrl = `${await server.listen({ host: '127.0.0.1', port: 0 })}/webhooks/paypal`;
  standIns = await startStandIns({
    host: '127.0.0.1',
    port: 0,
    stripe: { ...STRIPE, webhookUrl },
    paypal: { ...ACCOUNT, webhookUrl },
    sendgrid: { apiKey: 'SG.test' },
    twilio: { accountSid: `AC${'0'.repeat(32)}`, authToken: 'token' },
  });
  const provider = createPaypalProvider({
    ...ACCOUNT,
    captureMethod: 'AUTOMATIC',
    apiBaseUrl: `${standIns.url}/paypal`,
    timeoutMs: 4_000,
  });
  h = await paymentHarness({ provider });
});
afterAll(async () => {
  await standIns?.close();
  await server.close();
  await h?.close();
});
afterEach(() => control('PUT', '/webhooks', { paused: false, duplicates: 0, reorderWindowMs: 0 }));

async function control(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const response = await fetch(`${standIns?.url}/control${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
}
async function opened() {
  const order = h.order();
  const result = await h.session(order.id, undefined, undefined, { returnUrl: 'https://shop.example/paid' });
  if (!result.ok) throw new Error(result.errors[0]?.message);
  return result;
}
const approve = (reference: string | null, funding = 'balance') =>
  control('POST', `/paypal/orders/${reference}/approve`, { funding });
const stateOf = async (orderId: string) => (await h.payment(orderId))?.state;
interface Captures {
  order: { purchase_units: { payments?: { captures?: { id: string; status: string }[] } }[] };
}
const capturesAt = async (reference: string | null) =>
  ((await control('GET', `/paypal/orders/${reference}`)) as unknown as Captures).order.purchase_units[0]?.payments
    ?.captures ?? [];
const settled = () =>
  eventually(async () => {
    expect(await h.app.listWebhooks({ status: 'RECEIVED', first: 50, after: null })).toEqual([]);
  });

describe("through PayPal's SDK and signed webhooks", () => {
  test('the customer is sent to PayPal, and what he approved is captured by the webhook: one payment, one event', async () => {
    const { payment, clientSecret, redirectUrl } = await opened();
    expect(clientSecret).toBeNull();
    expect(redirectUrl).toBe(`${standIns?.url}/paypal/checkoutnow?token=${payment.providerReference}`);
    await approve(payment.providerReference);
    await eventually(async () => expect(await stateOf(payment.orderId)).toBe('CAPTURED'));
    await settled();
    expect(await h.events(payment.id)).toEqual(['payment.captured']);
    expect(await h.ledger(payment.id)).toEqual({ orders: -4_550, 'provider:paypal': 4_550 });
  });

  test('the webhook is lost: the return of the customer captures, and the reconciliation would have', async () => {
    await control('PUT', '/webhooks', { paused: true });
    const [returning, staying] = [await opened(), await opened()];
    await approve(returning.payment.providerReference);
    await approve(staying.payment.providerReference);
    expect(await h.app.confirmSession({ kind: 'anonymous' }, returning.payment.id)).toMatchObject({
      payment: { state: 'CAPTURED', capturedCents: 4_550 },
      errors: [],
    });
    await h.makeDue();
    await h.app.settlePayments();
    expect(await stateOf(staying.payment.orderId)).toBe('CAPTURED');
  });

  test('return, webhooks in threefold and reconciliation at the same time capture once', async () => {
    await control('PUT', '/webhooks', { duplicates: 2 });
    const { payment } = await opened();
    await approve(payment.providerReference);
    await h.makeDue();
    const guest = { kind: 'anonymous' } as const;
    await Promise.all([...[1, 2, 3].map(() => h.app.confirmSession(guest, payment.id)), h.app.settlePayments()]);
    await eventually(async () => expect(await stateOf(payment.orderId)).toBe('CAPTURED'));
    await settled();
    expect(await capturesAt(payment.providerReference)).toHaveLength(1);
    expect(await h.events(payment.id)).toEqual(['payment.captured']);
    expect(await h.ledger(payment.id)).toEqual({ orders: -4_550, 'provider:paypal': 4_550 });
  });

  test.each([
    ['never comes', { kind: 'hang', when: 'after' }],
    ['is a failure of PayPal', { kind: 'error', status: 500, when: 'after' }],
    ['is cut off', { kind: 'close', when: 'after' }],
  ])('PayPal captures and its answer %s: the customer is charged once', async (_, fault) => {
    await control('PUT', '/webhooks', { paused: true });
    const { payment } = await opened();
    await approve(payment.providerReference);
    await control('POST', '/faults', { provider: 'paypal', method: 'POST', path: '/capture', ...fault });
    const guest = { kind: 'anonymous' } as const;
    expect(await h.app.confirmSession(guest, payment.id)).toMatchObject({ errors: [{ code: 'PROVIDER_UNAVAILABLE' }] });
    expect(await stateOf(payment.orderId)).toBe('CREATED');
    expect(await h.app.confirmSession(guest, payment.id)).toMatchObject({ payment: { state: 'CAPTURED' }, errors: [] });
    expect(await capturesAt(payment.providerReference)).toHaveLength(1);
    expect(await h.events(payment.id)).toEqual(['payment.captured']);
  });

  test('a declined funding is told, once, and another one pays in the same session', async () => {
    const { payment } = await opened();
    await approve(payment.providerReference, 'declined');
    await eventually(async () => expect(await stateOf(payment.orderId)).toBe('FAILED'));
    await h.makeDue();
    await h.app.settlePayments();
    expect(await h.payment(payment.orderId)).toMatchObject({ state: 'FAILED', failureCode: 'instrument_declined' });
    await approve(payment.providerReference);
    await eventually(async () => expect(await stateOf(payment.orderId)).toBe('CAPTURED'));
    await settled();
    expect(await h.events(payment.id)).toEqual(['payment.failed', 'payment.captured']);
  });

  test('money that takes days is PROCESSING, and captured when it is there', async () => {
    const { payment } = await opened();
    await approve(payment.providerReference, 'echeck');
    await eventually(async () => expect(await stateOf(payment.orderId)).toBe('PROCESSING'));
    const [capture] = await capturesAt(payment.providerReference);
    await control('POST', `/paypal/captures/${capture?.id}/settle`, { outcome: 'succeed' });
    await eventually(async () => expect(await stateOf(payment.orderId)).toBe('CAPTURED'));
  });

  test("refunds of ours and of PayPal's pages are each counted once", async () => {
    const { payment } = await opened();
    await approve(payment.providerReference);
    await eventually(async () => expect(await stateOf(payment.orderId)).toBe('CAPTURED'));
    const amount = { centAmount: 1_000, currencyCode: 'EUR' };
    const command = { paymentId: payment.id, amount, reason: null, returnId: null, idempotencyKey: 'refund-one' };
    expect(await h.app.refundPayment(STAFF, command)).toMatchObject({ ok: true, refund: { state: 'SUCCEEDED' } });
    const [capture] = await capturesAt(payment.providerReference);
    await control('POST', `/paypal/captures/${capture?.id}/refund`, { amount: 550 });
    await eventually(async () => {
      const now = await h.payment(payment.orderId);
      expect(now?.refundedCents).toBe(1_550);
      expect(now?.refunds.map((refund) => refund.initiatedBy)).toEqual(['STAFF', 'PROVIDER']);
    });
    await settled();
    expect(await h.ledger(payment.id)).toEqual({ orders: -3_000, 'provider:paypal': 3_000 });
  });

  test('a dispute takes the money out, and brings it back when it is won', async () => {
    const { payment } = await opened();
    await approve(payment.providerReference);
    await eventually(async () => expect(await stateOf(payment.orderId)).toBe('CAPTURED'));
    const [capture] = await capturesAt(payment.providerReference);
    const dispute = await control('POST', `/paypal/captures/${capture?.id}/dispute`, {});
    await eventually(async () => expect((await h.payment(payment.orderId))?.disputed).toBe(true));
    expect(await h.ledger(payment.id)).toEqual({ disputes: 4_550, orders: -4_550, 'provider:paypal': 0 });
    await control('POST', `/paypal/disputes/${dispute.dispute_id}/close`, { outcome: 'won' });
    await eventually(async () => expect((await h.payment(payment.orderId))?.disputed).toBe(false));
    expect(await h.ledger(payment.id)).toEqual({ disputes: 0, orders: -4_550, 'provider:paypal': 4_550 });
  });

  test('an order that ends is not captured when its payer approves afterwards', async () => {
    const { payment } = await opened();
    h.order({ id: payment.orderId, payable: false, status: 'EXPIRED' });
    const { events, newEvent } = await import('@souk/events');
    const data = { number: 'S-1', customerId: null, cartId: 'crt_1', couponCodes: [], reason: 'TEST' };
    const event = { aggregateId: payment.orderId, sequence: 2, data: { ...data, orderId: payment.orderId } };
    await h.app.followOrderEnd(newEvent(events.orderExpired, event));
    await h.makeDue();
    await h.app.settlePayments();
    await approve(payment.providerReference);
    await settled();
    expect(await stateOf(payment.orderId)).toBe('CANCELLED');
    expect(await capturesAt(payment.providerReference)).toEqual([]);
  });

  test('who paid is neither stored nor known', async () => {
    const { payment } = await opened();
    await approve(payment.providerReference);
    await eventually(async () => expect(await stateOf(payment.orderId)).toBe('CAPTURED'));
    const rows = JSON.stringify(await h.storedWebhooks());
    expect(rows).toContain(payment.id);
    for (const personal of ['Ada', 'Lovelace', 'ada.payer@example.com', 'PAYERADALOVELACE']) {
      expect(rows).not.toContain(personal);
    }
  });

  test('what PayPal did not sign is answered 400 and stored nowhere', async () => {
    const count = async () => (await h.webhooks()).length;
    const before = await count();
    const headers = {
      'content-type': 'application/json',
      'paypal-transmission-id': '103e3700-8b0c-11e9-b5a0-ff0ed24b9b6a',
      'paypal-transmission-time': new Date().toISOString(),
      'paypal-transmission-sig': 'c2lnbmF0dXJl',
      'paypal-auth-algo': 'SHA256withRSA',
    };
    const send = async (certUrl: string) =>
      (
        await fetch(webhookUrl, {
          method: 'POST',
          headers: { ...headers, 'paypal-cert-url': certUrl },
          body: '{"id":"WH-1","event_type":"PAYMENT.CAPTURE.COMPLETED","resource":{}}',
        })
      ).status;
    expect(await send(`${standIns?.url}/paypal/v1/notifications/certs/CERT-1`)).toBe(400);
    expect(await send('https://evil.example/v1/notifications/certs/CERT-1')).toBe(400);
    expect(await count()).toBe(before);
  });

  test("after all of this PayPal's own list agrees with the books to the cent, and its fees are on them", async () => {
    await settled();
    const asked = await h.app.requestRun(STAFF, 'paypal');
    if (!asked.ok) throw new Error(asked.errors[0]?.message);
    h.state.offsetMs = 6 * 3_600_000;
    while (await h.app.reconcile());
    h.state.offsetMs = 0;
    const [run] = await h.app.listRuns({ first: 1, after: null });
    expect(run).toMatchObject({ id: asked.run.id, state: 'SUCCEEDED', error: null, mirrored: 0, found: 0 });
    expect(run?.transactions).toBeGreaterThan(10);
    expect(run?.feesBooked).toBeGreaterThan(5);
    expect(await h.app.listDifferences({ state: null, first: 100, after: null })).toEqual([]);
  });
});
