import { type StandIns, startStandIns } from '@souk/local/standIns/startStandIns';
import { newId } from '@souk/runtime';
import { createPaypalProvider } from '../../adapters/paypal/provider.paypal.js';
import { type PaymentHarness, paymentHarness, STAFF } from '../../testing/harness.js';

const ACCOUNT = { clientId: 'client-id', clientSecret: 'client-secret', webhookId: 'WEBHOOK1' };
const webhookUrl = 'http://127.0.0.1:9/webhooks/paypal';
let standIns: StandIns;
let h: PaymentHarness;

beforeAll(async () => {
  standIns = await startStandIns({
    host: '127.0.0.1',
    port: 0,
    stripe: { secretKey: 'sk_test_reconcile', webhookSecret: 'whsec_reconcile_test', webhookUrl },
    paypal: { ...ACCOUNT, webhookUrl },
    sendgrid: { apiKey: 'SG.test' },
    twilio: { accountSid: `AC${'0'.repeat(32)}`, authToken: 'token' },
  });
  const apiBaseUrl = `${standIns.url}/paypal`;
  h = await paymentHarness({
    provider: createPaypalProvider({ ...ACCOUNT, captureMethod: 'AUTOMATIC', apiBaseUrl, timeoutMs: 4_000 }),
  });
});
afterAll(async () => {
  await h?.close();
  await standIns?.close();
});

async function run() {
  const asked = await h.app.requestRun(STAFF, 'paypal');
  expect(asked).toMatchObject({ ok: true });
  while (await h.app.reconcile());
  const [last] = await h.app.listRuns({ first: 1, after: null });
  expect(last).toMatchObject({ state: 'SUCCEEDED', error: null });
  return last;
}

test("PayPal's list agrees with what was captured and refunded here, and its fees are booked", async () => {
  const opened = await h.session(h.order().id, undefined, undefined, { returnUrl: 'https://shop.example/paid' });
  if (!opened.ok) throw new Error(opened.errors[0]?.message);
  const { payment } = opened;
  await fetch(`${standIns.url}/control/paypal/orders/${payment.providerReference}/approve`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"funding":"balance"}',
  });
  await h.app.confirmSession({ kind: 'anonymous' }, payment.id);
  const refunded = await h.app.refundPayment(STAFF, {
    paymentId: payment.id,
    amount: { centAmount: 1_000, currencyCode: 'EUR' },
    reason: null,
    returnId: null,
    idempotencyKey: newId('req'),
  });
  expect(refunded).toMatchObject({ ok: true, refund: { state: 'SUCCEEDED' } });
  // As if PayPal's list were up to date: what is not on it by now is missing.
  h.state.offsetMs = 2 * 3_600_000;
  expect(await run()).toMatchObject({ transactions: 2, mirrored: 0, found: 0 });
  expect(await h.app.listDifferences({ state: null, first: 10, after: null })).toEqual([]);
  const ledger = await h.ledger(payment.id);
  expect(ledger['fees:paypal']).toBeGreaterThan(0);
  expect(Object.values(ledger).reduce((sum, cents) => sum + cents, 0)).toBe(0);
  expect(ledger.orders).toBe(-3_550);
});
