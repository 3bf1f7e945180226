import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import Stripe from 'stripe';
import { eventually, startForTest, startWebhookSink, type TestBench } from '../testing/startForTest.js';
import { signWebhook } from './signWebhook.js';

let bench: TestBench;
beforeEach(async () => {
  bench = await startForTest();
});
afterEach(() => bench.close());

const NEVER = { enabled: true, allow_redirects: 'never' } as const;
const create = (more: object = {}): Promise<Stripe.Response<Stripe.PaymentIntent>> =>
  bench.stripe.paymentIntents.create({ amount: 2_500, currency: 'eur', automatic_payment_methods: NEVER, ...more });
const types = () => bench.webhooks.events.map((event) => event.type);
const received = (count: number) => eventually(() => bench.webhooks.events.length >= count);
/** Longer than a delivery takes, to see that none comes. */
const aWhile = () => new Promise((resolve) => setTimeout(resolve, 150));

describe('what is told', () => {
  test('a purchase: created, charge succeeded, intent succeeded, each with the state of then', async () => {
    const intent = await create({ metadata: { orderId: 'ord_1' } });
    await bench.stripe.paymentIntents.confirm(intent.id, { payment_method: 'pm_card_visa' });
    await received(3);
    expect(types().sort()).toEqual(['charge.succeeded', 'payment_intent.created', 'payment_intent.succeeded']);
    const succeeded = bench.webhooks.events.find((event) => event.type === 'payment_intent.succeeded');
    expect(succeeded).toMatchObject({
      object: 'event',
      livemode: false,
      data: { object: { id: intent.id, status: 'succeeded', amount_received: 2_500, metadata: { orderId: 'ord_1' } } },
    });
    expect(succeeded?.api_version).toBe(Stripe.API_VERSION);
    expect(bench.webhooks.events.find((event) => event.type === 'payment_intent.created')?.data.object).toEqual(intent);
    expect(await bench.stripe.events.retrieve(succeeded?.id ?? '')).toMatchObject({
      id: succeeded?.id,
      pending_webhooks: 0,
    });
    const listed = await bench.stripe.events.list({ types: ['charge.succeeded', 'payment_intent.created'] });
    expect(listed.data.map((event) => event.type)).toEqual(['charge.succeeded', 'payment_intent.created']);
  });

  const cases: [what: string, act: () => Promise<unknown>, told: string[]][] = [
    [
      'declined',
      () => create({ confirm: true, payment_method: 'pm_card_chargeDeclined' }).catch(() => undefined),
      ['charge.failed', 'payment_intent.created', 'payment_intent.payment_failed'],
    ],
    [
      'needs 3-D Secure',
      () => create({ confirm: true, payment_method: 'pm_card_threeDSecureRequired' }),
      ['payment_intent.created', 'payment_intent.requires_action'],
    ],
    [
      'bank debit',
      () => create({ confirm: true, payment_method: 'pm_usBankAccount_processing' }),
      ['charge.pending', 'payment_intent.created', 'payment_intent.processing'],
    ],
    [
      'authorized, then captured',
      async () => {
        const { id } = await create({ capture_method: 'manual', confirm: true, payment_method: 'pm_card_visa' });
        await bench.stripe.paymentIntents.capture(id);
      },
      [
        'charge.captured',
        'charge.succeeded',
        'payment_intent.amount_capturable_updated',
        'payment_intent.created',
        'payment_intent.succeeded',
      ],
    ],
    [
      'cancelled',
      async () => bench.stripe.paymentIntents.cancel((await create()).id),
      ['payment_intent.canceled', 'payment_intent.created'],
    ],
  ];
  test.each(cases)('%s', async (_, act, told) => {
    await act();
    await received(told.length);
    await aWhile();
    expect(types().sort()).toEqual(told);
  });
});

describe('how it is delivered', () => {
  test('the signature is over the exact body: one changed byte and the SDK refuses it', () => {
    const stripe = new Stripe('sk_test_x');
    const body = JSON.stringify({ id: 'evt_1', object: 'event' });
    const now = Math.floor(Date.now() / 1000);
    const signature = signWebhook(body, 'whsec_a', now);
    expect(stripe.webhooks.constructEvent(body, signature, 'whsec_a')).toMatchObject({ id: 'evt_1' });
    expect(() => stripe.webhooks.constructEvent(body.replace('1', '2'), signature, 'whsec_a')).toThrow('signature');
    expect(() => stripe.webhooks.constructEvent(body, signature, 'whsec_b')).toThrow('signature');
    expect(() => stripe.webhooks.constructEvent(body, signWebhook(body, 'whsec_a', now - 400), 'whsec_a')).toThrow(
      'tolerance',
    );
  });

  test('until it is answered with 2xx: 500, 404 and a redirect are retried, then delivered once', async () => {
    bench.webhooks.answers.push(500, 404, 302);
    await create();
    await received(4);
    await aWhile();
    expect(new Set(bench.webhooks.events.map((event) => event.id)).size).toBe(1);
    expect(bench.webhooks.events).toHaveLength(4);
    const events = (await bench.control('GET', '/events')).events as {
      attempts: { outcome: { status: number } }[];
      state: string;
    }[];
    expect(events).toMatchObject([{ state: 'delivered' }]);
    expect(events[0]?.attempts.map((attempt) => attempt.outcome.status)).toEqual([500, 404, 302, 200]);
  });

  test('to an endpoint that is down, as soon as it is up', async () => {
    const port = Number(new URL(bench.webhooks.url).port);
    await bench.webhooks.close();
    for (let n = 0; n < 5; n += 1) await create();
    await eventually(async () => {
      const { events } = (await bench.control('GET', '/events?state=pending')) as { events: { attempts: unknown[] }[] };
      return events.some((event) => event.attempts.length > 1);
    });
    const back = await startWebhookSink(port);
    await eventually(() => back.events.length === 5);
    expect(new Set(back.events.map((event) => event.id)).size).toBe(5);
    await eventually(async () => (await bench.control('GET', '/webhooks')).pending === 0);
    await back.close();
  });

  test('paused: nothing is sent; resumed: everything is', async () => {
    await bench.control('PUT', '/webhooks', { paused: true });
    await create();
    await create();
    await aWhile();
    expect(types()).toEqual([]);
    expect((await bench.control('GET', '/webhooks')).pending).toBe(2);
    await bench.control('PUT', '/webhooks', { paused: false });
    await received(2);
  });

  test('delayed: not before its time', async () => {
    await bench.control('PUT', '/webhooks', { delayMs: 300 });
    const before = Date.now();
    await create();
    await received(1);
    expect(Date.now() - before).toBeGreaterThanOrEqual(300);
  });

  test('duplicated: the same event n times more', async () => {
    await bench.control('PUT', '/webhooks', { duplicates: 3 });
    await create();
    await received(4);
    await aWhile();
    expect(bench.webhooks.events).toHaveLength(4);
    expect(new Set(bench.webhooks.events.map((event) => event.id)).size).toBe(1);
  });

  test('reordered: what happened last is told first', async () => {
    await bench.control('PUT', '/webhooks', { reorderWindowMs: 400, paused: true });
    const intent = await create();
    await bench.stripe.paymentIntents.confirm(intent.id, { payment_method: 'pm_card_visa' });
    await new Promise((resolve) => setTimeout(resolve, 400));
    await bench.control('PUT', '/webhooks', { paused: false });
    await received(3);
    const order = types();
    expect(order.indexOf('payment_intent.succeeded')).toBeLessThan(order.indexOf('charge.succeeded'));
  });

  test('an event is delivered again on demand, as often as is asked for', async () => {
    await create();
    await received(1);
    await bench.control('POST', `/events/${bench.webhooks.events[0]?.id ?? ''}/deliver`, { times: 2 });
    await received(3);
    expect(new Set(bench.webhooks.events.map((event) => event.id)).size).toBe(1);
  });

  test('reset forgets payments, events and what was still to be delivered', async () => {
    await bench.control('PUT', '/webhooks', { paused: true });
    await create();
    await bench.control('POST', '/reset', {});
    await aWhile();
    expect(types()).toEqual([]);
    expect((await bench.stripe.paymentIntents.list()).data).toEqual([]);
    expect(await bench.control('GET', '/state')).toMatchObject({ payments: 0, events: 0, webhooksPending: 0 });
    await create();
    await received(1);
  });
});

test('an endpoint registered for some event types gets only those', async () => {
  const some = await startForTest({ stripe: { webhookEvents: ['payment_intent.succeeded'] } });
  await some.stripe.paymentIntents.create({
    amount: 500,
    currency: 'eur',
    confirm: true,
    payment_method: 'pm_card_visa',
    automatic_payment_methods: NEVER,
  });
  await eventually(() => some.webhooks.events.length > 0);
  await aWhile();
  expect(some.webhooks.events.map((event) => event.type)).toEqual(['payment_intent.succeeded']);
  expect((await some.stripe.events.list()).data).toHaveLength(3);
  await some.close();
});
