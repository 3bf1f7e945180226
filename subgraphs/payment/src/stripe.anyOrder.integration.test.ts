import type { EventEnvelope } from '@souk/events';
import { type StandIns, startStandIns } from '@souk/local/standIns/startStandIns';
import { createLogger } from '@souk/runtime';
import fc from 'fast-check';
import Stripe from 'stripe';
import { createStripeProvider } from './adapters/stripe/provider.stripe.js';
import { withoutPersonalData } from './adapters/stripe/withoutPersonalData.js';
import { applyDispute } from './app/applyDispute.js';
import { applyIntent } from './app/applyIntent.js';
import { applyRefund } from './app/executeRefund.js';
import { followIntent } from './app/followIntent.js';
import type { PaymentProvider } from './app/ports.js';
import { processWebhook } from './app/processWebhook.js';
import type { Dispute } from './domain/decideDispute.js';
import type { RefundSnapshot } from './domain/decideRefund.js';
import type { CaptureMethod, Payment } from './domain/payment.js';
import { memoryPayments, memoryWebhooks, type PaymentTables } from './testing/memoryStores.js';
import { payment } from './testing/samples.js';

/**
 * The events that Stripe tells of one payment's whole life, recorded from the stand-in through Stripe's SDK, and processed in hundreds of
 * orders, some of them twice: the payment and its ledger always end the same.
 */
const KEYS = { secretKey: 'sk_test_any_order', webhookSecret: 'whsec_any_order' };
const ORDERS = 500;
const logger = createLogger('payment', 'silent');
let standIns: StandIns;
let stripe: Stripe;
let provider: PaymentProvider;

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
  const options = {
    ...KEYS,
    publishableKey: 'pk_test_any_order',
    captureMethod: 'AUTOMATIC',
    apiBaseUrl: standIns.url,
  } as const;
  provider = createStripeProvider(options);
});
afterAll(() => standIns?.close());

const control = async <T>(path: string, body: object = {}): Promise<T> => {
  const response = await fetch(`${standIns.url}/control${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok && response.status !== 402) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
};
const pay = (id: string, method = 'pm_card_visa') => control(`/payment_intents/${id}/pay`, { payment_method: method });
const disputeOf = async (id: string) => (await control<{ id: string }>(`/payment_intents/${id}/dispute`)).id;

interface Life {
  readonly of: Payment;
  readonly events: readonly Stripe.Event[];
  readonly refunds: readonly RefundSnapshot[];
}

/** A payment whose intent lives through `live`, and all that Stripe tells of it. */
async function lived(captureMethod: CaptureMethod, live: (intentId: string) => Promise<unknown>): Promise<Life> {
  await control('/reset');
  const opened = payment({ captureMethod, providerReference: null });
  const intent = await stripe.paymentIntents.create({
    amount: opened.amountCents,
    currency: 'eur',
    automatic_payment_methods: { enabled: true },
    metadata: { souk_payment_id: opened.id },
    ...(captureMethod === 'MANUAL' ? { capture_method: 'manual' as const } : {}),
  });
  await live(intent.id);
  const events = await stripe.events.list({ limit: 100 }).autoPagingToArray({ limit: 100 });
  const refunds = await provider.listRefunds({ ...opened, providerReference: intent.id });
  return { of: opened, events: events.reverse(), refunds };
}

/** How the payment and its books stand once these events were processed in this order. */
async function after(life: Life, events: readonly Stripe.Event[]) {
  let now = Date.parse('2026-11-22T12:00:00.000Z');
  const published: EventEnvelope[] = [];
  const tables: PaymentTables = {
    payments: new Map([[life.of.id, life.of]]),
    rounds: new Map(),
    sessions: new Map(),
    ledger: [],
    inbox: new Set(),
    webhooks: new Map(),
    publish: (more) => published.push(...more),
    now: () => now,
  };
  const disputes = new Map<string, Dispute>();
  const memory = memoryPayments(tables);
  const payments = promised({
    ...memory,
    disputesOf: () => [...disputes.values()],
    apply: (change: Parameters<typeof memory.apply>[0]) => {
      const done = memory.apply(change);
      if (done && change.dispute !== undefined) disputes.set(change.dispute.reference, change.dispute);
      return done;
    },
  });
  const webhooks = promised(memoryWebhooks(tables));
  const clock = () => new Date(now);
  const providers = new Map([['stripe', { ...provider, listRefunds: async () => [...life.refunds] }]]);
  const orders = { forPayment: async () => null };
  const deps = { payments, webhooks, providers, orders, clock, logger } as never;
  const process = processWebhook({
    ...(deps as object),
    followIntent: followIntent({ ...(deps as object), applyIntent: applyIntent(deps) } as never),
    applyRefund: applyRefund(deps),
    applyDispute: applyDispute(deps),
    methods: { save: async () => true },
  } as never);
  for (const [index, event] of events.entries()) {
    const stored = {
      id: `whk_${index}`,
      provider: 'stripe',
      providerEventId: `${event.id}_${index}`,
      type: event.type,
      payload: withoutPersonalData(event) as Record<string, unknown>,
      attempts: 0,
    };
    await webhooks.store(stored, true);
    await process(stored);
  }
  // What was parked comes again when its time has come.
  for (let round = 0; round < 20; round += 1) {
    now += 60_000;
    for (const parked of await webhooks.take(100)) await process(parked);
  }
  const end = tables.payments.get(life.of.id) as Payment;
  const books: Record<string, number> = {};
  for (const { account, amountCents } of tables.ledger.flatMap(({ entries }) => entries)) {
    books[account] = (books[account] ?? 0) + amountCents;
  }
  const { state, capturedCents, releasedCents, refundedCents, chargedBackCents, disputed, reconcileAt } = end;
  return {
    ends: { state, capturedCents, releasedCents, refundedCents, chargedBackCents, disputed, reconcileAt },
    refunds: end.refunds.map((refund) => [refund.providerReference, refund.state]).sort(),
    books: Object.fromEntries(Object.entries(books).filter(([, cents]) => cents !== 0)),
    unsettled: [...tables.webhooks.values()].filter((row) => row.status !== 'PROCESSED' && row.status !== 'IGNORED')
      .length,
    captures: published.filter((event) => event.type === 'payment.captured').length,
  };
}

/** The memory stores answer at once; the use cases wait. */
function promised<T extends object>(
  store: T,
): { [K in keyof T]: T[K] extends (...args: infer A) => infer R ? (...args: A) => Promise<R> : T[K] } {
  return Object.fromEntries(
    Object.entries(store).map(([name, method]) => [name, async (...args: unknown[]) => method(...args)]),
  ) as never;
}

const LIVES: [what: string, method: CaptureMethod, live: (id: string) => Promise<unknown>, ends: object][] = [
  [
    'declined, stopped at 3-D Secure, paid, refunded in two parts, one of which the bank sends back, disputed and won',
    'AUTOMATIC',
    async (id) => {
      await pay(id, 'pm_card_chargeDeclined');
      await pay(id, 'pm_card_threeDSecureRequired');
      await control(`/payment_intents/${id}/authenticate`, { outcome: 'fail' });
      await pay(id);
      await control(`/payment_intents/${id}/refund`, { amount: '1000' });
      const sentBack = await control<{ id: string }>(`/payment_intents/${id}/refund`, { amount: '550' });
      await control(`/refunds/${sentBack.id}/fail`);
      await control(`/disputes/${await disputeOf(id)}/close`, { outcome: 'won' });
    },
    {
      ends: { state: 'CAPTURED', capturedCents: 4_550, refundedCents: 1_000, chargedBackCents: 0, disputed: false },
      books: { orders: -3_550, 'provider:stripe': 3_550 },
      captures: 1,
    },
  ],
  [
    'authorized after 3-D Secure, captured in part, disputed and lost',
    'MANUAL',
    async (id) => {
      await pay(id, 'pm_card_threeDSecureRequired');
      await control(`/payment_intents/${id}/authenticate`);
      await control(`/payment_intents/${id}/capture`, { amount: '3000' });
      await control(`/disputes/${await disputeOf(id)}/close`, { outcome: 'lost' });
    },
    {
      ends: { state: 'CAPTURED', capturedCents: 3_000, releasedCents: 1_550, chargedBackCents: 3_000, disputed: false },
      books: {},
      captures: 1,
    },
  ],
  [
    'declined, authorized and voided',
    'MANUAL',
    async (id) => {
      await pay(id, 'pm_card_chargeDeclined');
      await pay(id);
      await control(`/payment_intents/${id}/cancel`);
    },
    { ends: { state: 'CANCELLED', capturedCents: 0, disputed: false, reconcileAt: null }, books: {}, captures: 0 },
  ],
];

test.each(LIVES)(
  `a payment that was %s ends the same in ${ORDERS} orders of its messages`,
  async (_, method, live, ends) => {
    const life = await lived(method, live);
    const expected = { ...(await after(life, life.events)) };
    expect(expected).toMatchObject({ ...ends, unsettled: 0 });
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([...life.events], { minLength: life.events.length }),
        fc.subarray([...life.events], { maxLength: 4 }),
        async (shuffled, again) => expect(await after(life, [...shuffled, ...again])).toEqual(expected),
      ),
      { numRuns: ORDERS },
    );
  },
);
