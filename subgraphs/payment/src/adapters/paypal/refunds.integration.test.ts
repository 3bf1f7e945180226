import { type StandIns, startStandIns } from '@souk/local/standIns/startStandIns';
import { newId } from '@souk/runtime';
import { ProviderUnavailable } from '../../app/ports.js';
import type { Capture, Payment, Refund } from '../../domain/payment.js';
import { payment as samplePayment } from '../../testing/samples.js';
import { createPaypalProvider } from './provider.paypal.js';

const ACCOUNT = { clientId: 'client-id', clientSecret: 'client-secret', webhookId: 'WEBHOOK1' };
let standIns: StandIns;
beforeAll(async () => {
  standIns = await startStandIns({
    host: '127.0.0.1',
    port: 0,
    stripe: { secretKey: 'sk_test_x', webhookSecret: 'whsec_x', webhookUrl: 'http://127.0.0.1:9/webhooks/stripe' },
    paypal: { ...ACCOUNT, webhookUrl: 'http://127.0.0.1:9/webhooks/paypal' },
    sendgrid: { apiKey: 'SG.test' },
    twilio: { accountSid: `AC${'0'.repeat(32)}`, authToken: 'token' },
  });
});
afterAll(() => standIns.close());

const control = (path: string, body: object = {}) =>
  fetch(`${standIns.url}/control${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const provider = () =>
  createPaypalProvider({
    ...ACCOUNT,
    captureMethod: 'MANUAL',
    apiBaseUrl: `${standIns.url}/paypal`,
  });

/** Authorized, and captured in two parts of 20.00 and 25.50 EUR; with a refund that is decided. */
async function capturedTwice(refundCents: number): Promise<{ payment: Payment; refund: Refund }> {
  const paypal = provider();
  const id = newId('pay');
  let payment = samplePayment({ id, captureMethod: 'MANUAL', providerReference: null });
  const { intent } = await paypal.createIntent(payment, `${id}:create`);
  payment = { ...payment, providerReference: intent.reference };
  await control(`/paypal/orders/${intent.reference}/approve`);
  await paypal.completeIntent(payment, `${id}:complete`);
  for (const amountCents of [2_000, 2_550]) {
    const capture = { id: newId('cap'), amountCents, final: false, capturedBeforeCents: payment.capturedCents };
    await paypal.captureIntent(payment, capture as Capture, `${capture.id}:1`);
    payment = { ...payment, capturedCents: payment.capturedCents + amountCents };
  }
  const refund: Refund = {
    id: newId('ref'),
    paymentId: id,
    amountCents: refundCents,
    state: 'PENDING',
    reason: null,
    initiatedBy: 'STAFF',
    returnId: null,
    requestKey: 'key',
    inputHash: 'hash',
    providerReference: null,
    failureCode: null,
    attempt: 1,
    attemptAt: null,
    createdAt: new Date(),
  };
  return { payment: { ...payment, refunds: [refund] }, refund };
}
const partsOf = async (payment: Payment) => {
  const response = await fetch(`${standIns.url}/control/paypal/orders/${payment.providerReference}`);
  const { order } = (await response.json()) as {
    order: { purchase_units: { payments: { refunds?: { amount: { value: string } }[] } }[] };
  };
  return (order.purchase_units[0]?.payments.refunds ?? []).map(({ amount }) => amount.value);
};

async function transactionsOf(payment: Payment) {
  const range = { from: new Date(Date.now() - 3_600_000), to: new Date(Date.now() + 3_600_000), cursor: null };
  const page = await provider().listTransactions?.(range);
  return (page?.transactions ?? []).filter(({ paymentId }) => paymentId === payment.id);
}

test('a refund that one capture has enough for stays in one piece', async () => {
  const { payment, refund } = await capturedTwice(2_500);
  const made = await provider().refund(payment, refund, `${refund.id}:1`);
  expect(made).toMatchObject({ state: 'SUCCEEDED', amountCents: 2_500, refundId: refund.id });
  expect(await partsOf(payment)).toEqual(['25.00']);
});

test('a larger one is made of several parts, and is one refund to us', async () => {
  const { payment, refund } = await capturedTwice(4_000);
  const made = await provider().refund(payment, refund, `${refund.id}:1`);
  expect(made).toMatchObject({ state: 'SUCCEEDED', amountCents: 4_000, refundId: refund.id });
  expect(await partsOf(payment)).toEqual(['20.00', '20.00']);
  expect(await provider().listRefunds(payment)).toEqual([made]);
  const listed = (await transactionsOf(payment)).filter(({ kind }) => kind === 'REFUND');
  expect(listed.map(({ amountCents, refundReference }) => [amountCents, refundReference])).toEqual([
    [-2_000, made.reference],
    [-2_000, made.reference],
  ]);
});

test('the list of transactions names the dispute that took money, and brought it back', async () => {
  const { payment } = await capturedTwice(1);
  const capture = (await transactionsOf(payment)).find(({ kind }) => kind === 'CAPTURE')?.reference;
  const opened = await control(`/paypal/captures/${capture}/dispute`);
  const { dispute_id: dispute } = (await opened.json()) as { dispute_id: string };
  await control(`/paypal/disputes/${dispute}/close`, { outcome: 'won' });
  const about = (await transactionsOf(payment)).filter(({ disputeReference }) => disputeReference !== null);
  expect(about).toMatchObject([
    { kind: 'DISPUTE', disputeReference: dispute, amountCents: -2_000, paymentId: payment.id },
    { kind: 'DISPUTE_REVERSAL', disputeReference: dispute, amountCents: 2_000, paymentId: payment.id },
  ]);
});

test.each(['before', 'after'])(
  'broken off between its parts (%s the second one): the rest is made, none twice',
  async (when) => {
    const { payment, refund } = await capturedTwice(4_000);
    const first = await control('/faults', {
      provider: 'paypal',
      kind: 'slow',
      delayMs: 1,
      method: 'POST',
      path: '/refund',
    });
    expect(first.status).toBe(201);
    await control('/faults', { provider: 'paypal', kind: 'close', when, method: 'POST', path: '/refund' });
    await expect(provider().refund(payment, refund, `${refund.id}:1`)).rejects.toThrow(ProviderUnavailable);
    const [broken] = await provider().listRefunds(payment);
    expect(broken).toMatchObject({ refundId: refund.id, state: when === 'before' ? 'PENDING' : 'SUCCEEDED' });
    const known = { ...refund, providerReference: broken?.reference ?? null };
    for (const _ of ['first', 'again']) {
      expect(await provider().retrieveRefund({ ...payment, refunds: [known] }, known)).toMatchObject({
        state: 'SUCCEEDED',
        amountCents: 4_000,
      });
    }
    expect(await partsOf(payment)).toEqual(['20.00', '20.00']);
  },
);
