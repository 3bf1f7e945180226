import { type StandIns, startStandIns } from '@souk/local/standIns/startStandIns';
import { newId } from '@souk/runtime';
import Stripe from 'stripe';
import { createReconciliationStore } from '../../adapters/reconciliation/reconciliationStore.postgres.js';
import { createStripeProvider } from '../../adapters/stripe/provider.stripe.js';
import { type PaymentHarness, paymentHarness, STAFF } from '../../testing/harness.js';
import type { RecordedDifference } from './reconciliationPorts.js';

const KEYS = { secretKey: 'sk_test_reconcile', webhookSecret: 'whsec_reconcile_test' };
let standIns: StandIns;
let stripe: Stripe;
let h: PaymentHarness;

/** No webhook ever arrives here: all that this shop hears of is what the reconciliation finds. */
beforeAll(async () => {
  standIns = await startStandIns({
    host: '127.0.0.1',
    port: 0,
    stripe: { ...KEYS, webhookUrl: 'http://127.0.0.1:9/webhooks/stripe' },
    sendgrid: { apiKey: 'SG.test' },
    twilio: { accountSid: `AC${'0'.repeat(32)}`, authToken: 'token' },
  });
  const { hostname, port } = new URL(standIns.url);
  stripe = new Stripe(KEYS.secretKey, { host: hostname, port: Number(port), protocol: 'http' });
  const provider = createStripeProvider({
    ...KEYS,
    publishableKey: 'pk_test_reconcile',
    captureMethod: 'AUTOMATIC',
    apiBaseUrl: standIns.url,
    timeoutMs: 2_000,
    maxNetworkRetries: 0,
  });
  h = await paymentHarness({ provider });
});
afterAll(async () => {
  await h?.close();
  await standIns?.close();
});

const control = async (path: string, body: object = {}) => {
  const response = await fetch(`${standIns.url}/control${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as { id: string };
};

async function run() {
  const asked = await h.app.requestRun(STAFF, 'stripe');
  if (!asked.ok) throw new Error(asked.errors[0]?.code);
  while (await h.app.reconcile());
  const [last] = await h.app.listRuns({ first: 1, after: null });
  expect(last).toMatchObject({ id: asked.run.id, state: 'SUCCEEDED', error: null });
  return last;
}
const open = () => h.app.listDifferences({ state: 'OPEN', first: 100, after: null });
const about = async (subject: string): Promise<RecordedDifference | undefined> =>
  (await h.app.listDifferences({ state: null, first: 100, after: null })).find((one) => one.subject === subject);

async function session() {
  const opened = await h.session(h.order().id);
  if (!opened.ok) throw new Error(opened.errors[0]?.code);
  return { payment: opened.payment, intent: String(opened.payment.providerReference) };
}
async function paid() {
  const { payment, intent } = await session();
  await control(`/payment_intents/${intent}/pay`);
  await run();
  return { payment, intent };
}
/** As if every list were up to date: what is not on it by now is missing. */
const later = () => {
  h.state.offsetMs += 2 * 3_600_000;
};

test('a payment and a refund that we never heard of are mirrored, fees are booked, and nothing differs', async () => {
  const { payment, intent } = await session();
  await control(`/payment_intents/${intent}/pay`);
  expect(await run()).toMatchObject({ transactions: 1, mirrored: 1, feesBooked: 1, found: 0 });
  expect(await h.payment(payment.orderId)).toMatchObject({ state: 'CAPTURED', capturedCents: 4_550 });
  expect(await h.events(payment.id)).toEqual(['payment.captured']);

  await control(`/payment_intents/${intent}/refund`, { amount: 1_000 });
  expect(await run()).toMatchObject({ mirrored: 1, found: 0 });
  expect(await h.payment(payment.orderId)).toMatchObject({ refundedCents: 1_000 });
  expect(await h.events(payment.id)).toEqual(['payment.captured', 'payment.refunded']);
  expect(await h.ledger(payment.id)).toEqual({ 'fees:stripe': 162, orders: -3_550, 'provider:stripe': 3_550 - 162 });

  expect(await run()).toMatchObject({ mirrored: 0, feesBooked: 0, found: 0 });
  expect(await open()).toEqual([]);
  expect(await h.events(payment.id)).toHaveLength(2);
});

test('the ledger of a clean shop sums to zero, and its accounts are told', async () => {
  const balances = await h.app.trialBalance();
  expect(balances.reduce((sum, one) => sum + one.balanceCents, 0)).toBe(0);
  expect(balances.map((one) => one.account)).toEqual(['fees:stripe', 'orders', 'provider:stripe']);
});

test('money at the provider that belongs to no payment of ours is reported', async () => {
  const intent = await stripe.paymentIntents.create({ amount: 999, currency: 'eur' }, { idempotencyKey: newId('req') });
  await control(`/payment_intents/${intent.id}/pay`);
  await run();
  expect(await open()).toEqual([]);
  later();
  expect(await run()).toMatchObject({ found: 1 });
  expect(await open()).toMatchObject([
    { kind: 'MISSING_HERE', paymentId: null, ours: null, theirs: { cents: 999, currencyCode: 'EUR' } },
  ]);
  expect(await run()).toMatchObject({ found: 0 });
  const [difference] = await open();
  const settled = await h.app.settleDifference(
    STAFF,
    String(difference?.id),
    'A test of the terminal, refunded by hand.',
  );
  expect(settled).toMatchObject({ ok: true, difference: { state: 'RESOLVED', resolvedBy: 'usr_staff' } });
  await run();
  expect(await open()).toEqual([]);
});

test('a customer who was charged twice for one payment is found: another amount there than here', async () => {
  const { payment, intent } = await paid();
  const second = await stripe.paymentIntents.create(
    { amount: 4_550, currency: 'eur', metadata: { souk_payment_id: payment.id } },
    { idempotencyKey: newId('req') },
  );
  await control(`/payment_intents/${second.id}/pay`);
  await run();
  expect(await about(`capture:${intent}`)).toMatchObject({
    kind: 'AMOUNT',
    state: 'OPEN',
    paymentId: payment.id,
    ours: { cents: 4_550 },
    theirs: { cents: 9_100 },
  });
});

test('a charge in another currency than its payment is found', async () => {
  const { payment } = await session();
  const other = await stripe.paymentIntents.create(
    { amount: 4_550, currency: 'usd', metadata: { souk_payment_id: payment.id } },
    { idempotencyKey: newId('req') },
  );
  await control(`/payment_intents/${other.id}/pay`);
  await run();
  expect(await about(`capture:${other.id}`)).toMatchObject({
    kind: 'CURRENCY',
    theirs: { cents: 4_550, currencyCode: 'USD' },
  });
});

test('what we have booked and the provider does not list is missing there, once its list is up to date', async () => {
  h.state.offsetMs = 0;
  const { payment, intent } = await session();
  await h.database.pool.query(
    "UPDATE payment SET state = 'CAPTURED', captured_cents = 4550, authorized_cents = 4550 WHERE id = $1",
    [payment.id],
  );
  await book(payment.id, `capture:${payment.id}`, 4_550);
  await run();
  expect(await about(`capture:${intent}`)).toBeUndefined();
  later();
  await run();
  expect(await about(`capture:${intent}`)).toMatchObject({
    kind: 'MISSING_THERE',
    ours: { cents: 4_550 },
    theirs: null,
  });

  await control(`/payment_intents/${intent}/pay`);
  await run();
  expect(await about(`capture:${intent}`)).toMatchObject({
    state: 'RESOLVED',
    resolvedBy: 'service:payment',
    note: null,
  });
});

test('a payment that its own ledger contradicts is found', async () => {
  const { payment } = await paid();
  await book(payment.id, `capture:${payment.id}:extra`, 100);
  later();
  await run();
  expect(await about(`ledger:${payment.id}`)).toMatchObject({
    kind: 'LEDGER',
    ours: { cents: 4_550 },
    theirs: { cents: 4_650 },
  });
});

test('a dispute that we never heard of is found', async () => {
  const { intent } = await paid();
  const dispute = await control(`/payment_intents/${intent}/dispute`);
  await run();
  expect(await about(`dispute:${dispute.id}`)).toMatchObject({ kind: 'MISSING_HERE', theirs: { cents: 4_550 } });
});

test('while the provider is away the run fails, and the next one reads the same time again', async () => {
  await control('/faults', { provider: 'stripe', kind: 'error', path: '/v1/balance_transactions', times: 1 });
  const asked = await h.app.requestRun(STAFF, 'stripe');
  await h.app.reconcile();
  const [failed] = await h.app.listRuns({ first: 1, after: null });
  expect(failed).toMatchObject({ id: asked.ok && asked.run.id, state: 'FAILED', error: 'ProviderUnavailable' });
  await run();
});

test('a provider is read by one process at a time, and a run whose process died is taken over', async () => {
  const store = createReconciliationStore(h.database);
  const [one, two] = await Promise.all([
    store.request(newId('rcn'), 'stripe', null),
    store.request(newId('rcn'), 'stripe', 'usr_staff'),
  ]);
  expect(one.id).toBe(two.id);
  const dead = await store.take('dead', 60_000);
  expect(dead?.id).toBe(one.id);
  expect(await store.take('other', 60_000)).toBeUndefined();
  await h.database.pool.query("UPDATE reconciliation_run SET lease_until = now() - interval '1 second' WHERE id = $1", [
    one.id,
  ]);
  const taken = await store.take('other', 60_000);
  expect(taken).toMatchObject({ id: one.id, attempts: 2 });
  if (dead === undefined || taken === undefined) throw new Error('no lease');
  expect(await store.extend(dead, 60_000)).toBe(false);
  await store.fail(dead, 'too late');
  expect(await store.extend(taken, 60_000)).toBe(true);
  await store.fail(taken, 'given up by the test');
});

test('the schedule asks for a run when it is time, and not before', async () => {
  const [last] = await h.app.listRuns({ first: 1, after: null });
  await h.app.scheduleReconciliation();
  await h.app.scheduleReconciliation();
  const [asked, before] = await h.app.listRuns({ first: 2, after: null });
  expect(asked).toMatchObject({ state: 'REQUESTED', requestedBy: null });
  expect(before?.id).toBe(last?.id);
  while (await h.app.reconcile());
  h.state.offsetMs = 0;
  await h.app.scheduleReconciliation();
  expect((await h.app.listRuns({ first: 1, after: null }))[0]?.id).toBe(asked?.id);
});

test('what is asked wrongly is refused, and changes nothing', async () => {
  const before = await h.app.listDifferences({ state: null, first: 100, after: null });
  expect(await h.app.settleDifference(STAFF, 'rcd_unknown', 'Cleared up.')).toMatchObject({
    errors: [{ code: 'NOT_FOUND' }],
  });
  expect(await h.app.settleDifference(STAFF, String(before[0]?.id), ' ')).toMatchObject({
    errors: [{ code: 'INVALID', field: ['note'] }],
  });
  expect(await h.app.requestRun(STAFF, 'nobody')).toMatchObject({
    errors: [{ code: 'NOT_FOUND', field: ['provider'] }],
  });
  expect(await h.app.listDifferences({ state: null, first: 100, after: null })).toEqual(before);
});

async function book(paymentId: string, transactionId: string, cents: number): Promise<void> {
  await h.database.pool.query(
    `INSERT INTO ledger_entry (id, transaction_id, payment_id, account, currency_code, amount_cents)
     VALUES ($1, $3, $4, 'provider:stripe', 'EUR', $5::bigint), ($2, $3, $4, 'orders', 'EUR', -$5::bigint)`,
    [newId('led'), newId('led'), transactionId, paymentId, cents],
  );
}
