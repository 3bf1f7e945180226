import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually, refusalOf, SECRET_KEY, startForTest, stripeAt, type TestBench } from '../testing/startForTest.js';

let bench: TestBench;
beforeAll(async () => {
  bench = await startForTest();
});
afterAll(() => bench.close());
beforeEach(async () => {
  await bench.control('POST', '/reset', {});
  bench.webhooks.events.length = 0;
});

const params = { amount: 2_500, currency: 'eur', metadata: { orderId: 'ord_1' } };
const create = (idempotencyKey: string, more: object = {}, stripe = bench.stripe) =>
  stripe.paymentIntents.create({ ...params, ...more }, { idempotencyKey });
const intents = async () => (await bench.stripe.paymentIntents.list({ limit: 100 })).data;

describe('idempotency keys', () => {
  test('the same key with the same parameters replays the stored answer, header and all', async () => {
    const first = await create('key-1');
    const second = await create('key-1');
    expect(second).toEqual(first);
    expect(first.lastResponse.headers).not.toHaveProperty('idempotent-replayed');
    expect(second.lastResponse.headers).toMatchObject({
      'idempotent-replayed': 'true',
      'original-request': first.lastResponse.requestId,
      'idempotency-key': 'key-1',
    });
    expect(second.lastResponse.requestId).not.toBe(first.lastResponse.requestId);
    expect(await intents()).toHaveLength(1);
    await eventually(() => bench.webhooks.events.length > 0);
    expect(bench.webhooks.events.map((event) => event.type)).toEqual(['payment_intent.created']);
    expect(bench.webhooks.events[0]?.request).toEqual({ id: first.lastResponse.requestId, idempotency_key: 'key-1' });
  });

  test('the replay is the answer of then, not the state of now', async () => {
    const first = await create('key-1');
    await bench.control('POST', `/payment_intents/${first.id}/pay`, { payment_method: 'pm_card_visa' });
    expect((await create('key-1')).status).toBe('requires_payment_method');
    expect((await intents())[0]?.status).toBe('succeeded');
  });

  test('the same key with other parameters, or for another endpoint, is 400 idempotency_error and changes nothing', async () => {
    const first = await create('key-1');
    const other = await refusalOf(create('key-1', { amount: 9_900 }));
    expect(other).toMatchObject({ type: 'StripeIdempotencyError', statusCode: 400, rawType: 'idempotency_error' });
    const endpoint = await refusalOf(bench.stripe.paymentIntents.cancel(first.id, {}, { idempotencyKey: 'key-1' }));
    expect(endpoint.type).toBe('StripeIdempotencyError');
    expect(await intents()).toMatchObject([{ id: first.id, amount: 2_500, status: 'requires_payment_method' }]);
  });

  test('a decline is replayed too: the card is not tried twice', async () => {
    const { id } = await create('key-1', { automatic_payment_methods: { enabled: true, allow_redirects: 'never' } });
    const confirm = () =>
      bench.stripe.paymentIntents.confirm(
        id,
        { payment_method: 'pm_card_chargeDeclined' },
        { idempotencyKey: 'confirm-1' },
      );
    const first = await refusalOf(confirm());
    const second = await refusalOf(confirm());
    expect(second).toMatchObject({ statusCode: 402, code: 'card_declined', charge: first.charge });
    expect((await bench.stripe.charges.list({ payment_intent: id })).data).toHaveLength(1);
  });

  test('a refusal of the parameters is not remembered: the corrected request may use the key', async () => {
    await refusalOf(create('key-1', { amount: 1 }));
    expect((await create('key-1')).amount).toBe(2_500);
  });

  test('used at the same time: one acts, the others are told 409, and with retries all get the same intent', async () => {
    await bench.control('POST', '/faults', { provider: 'stripe', kind: 'slow', delayMs: 300 });
    const first = create('key-1');
    await eventually(async () => ((await bench.control('GET', '/faults')).faults as unknown[]).length === 0);
    const conflict = await refusalOf(create('key-1'));
    expect(conflict).toMatchObject({ statusCode: 409, rawType: 'idempotency_error', code: 'idempotency_key_in_use' });
    const retrying = stripeAt(bench.url, { retries: 4 });
    const answers = await Promise.all([first, ...Array.from({ length: 5 }, () => create('key-1', {}, retrying))]);
    expect(new Set(answers.map((intent) => intent.id)).size).toBe(1);
    expect(await intents()).toHaveLength(1);
  });

  test('twenty at once make one intent', async () => {
    const retrying = stripeAt(bench.url, { retries: 4 });
    const answers = await Promise.all(Array.from({ length: 20 }, () => create('key-1', {}, retrying)));
    expect(new Set(answers.map((intent) => intent.id)).size).toBe(1);
    expect(await intents()).toHaveLength(1);
  });
});

describe('faults', () => {
  const fault = (body: object) => bench.control('POST', '/faults', { provider: 'stripe', ...body });

  test('500 before acting: nothing happened, and the same key works afterwards', async () => {
    await fault({ kind: 'error', times: 2 });
    expect(await refusalOf(create('key-1'))).toMatchObject({ type: 'StripeAPIError', statusCode: 500 });
    expect(await refusalOf(create('key-1'))).toMatchObject({ statusCode: 500 });
    expect((await create('key-1')).amount).toBe(2_500);
    expect(await intents()).toHaveLength(1);
  });

  test('500 after acting: a retry with the same key finds what was done', async () => {
    await fault({ kind: 'error', when: 'after' });
    expect(await refusalOf(create('key-1'))).toMatchObject({ statusCode: 500 });
    expect(await intents()).toHaveLength(1);
    expect((await create('key-1')).id).toBe((await intents())[0]?.id);
    expect(await intents()).toHaveLength(1);
  });

  test('a remembered 500 is replayed for the key, as by Stripe; another key works', async () => {
    await fault({ kind: 'error', remembered: true });
    const retrying = stripeAt(bench.url, { retries: 3 });
    const error = await refusalOf(create('key-1', {}, retrying));
    expect(error.headers?.['stripe-should-retry']).toBe('false');
    expect(await refusalOf(create('key-1'))).toMatchObject({ statusCode: 500 });
    expect(await intents()).toHaveLength(0);
    expect((await create('key-2')).status).toBe('requires_payment_method');
  });

  test.each(['hang', 'close'])(
    '%s after acting: the client learns nothing, the intent is there, the key finds it',
    async (kind) => {
      await fault({ kind, path: '/v1/payment_intents', method: 'post', times: kind === 'close' ? 2 : 1 });
      const impatient = stripeAt(bench.url, { timeout: 200 });
      expect(await refusalOf(create('key-1', {}, impatient))).toMatchObject({ type: 'StripeConnectionError' });
      const [made] = await intents();
      expect((await create('key-1')).id).toBe(made?.id);
      expect(await intents()).toHaveLength(1);
      expect((await bench.control('GET', '/requests?provider=stripe')).requests).toContainEqual(
        expect.objectContaining({ status: 0, fault: `${kind} after acting`, idempotencyKey: 'key-1' }),
      );
    },
  );

  test('close before acting: nothing happened', async () => {
    await fault({ kind: 'close', when: 'before', times: 2 });
    expect(await refusalOf(create('key-1'))).toMatchObject({ type: 'StripeConnectionError' });
    expect(await intents()).toHaveLength(0);
  });

  test('decline: the next attempt to pay is declined whatever the card, the one after is not', async () => {
    await fault({ kind: 'decline', declineCode: 'insufficient_funds' });
    const paying = { confirm: true, payment_method: 'pm_card_visa', return_url: 'https://shop.example' };
    expect(await refusalOf(create('key-1', paying))).toMatchObject({
      statusCode: 402,
      decline_code: 'insufficient_funds',
    });
    expect((await create('key-2', paying)).status).toBe('succeeded');
  });

  test('a fault hits only the method and path it is armed for, and clearing disarms it', async () => {
    await fault({ kind: 'error', method: 'POST', path: '/v1/refunds', times: 10 });
    const intent = await create('key-1', {
      confirm: true,
      payment_method: 'pm_card_visa',
      return_url: 'https://shop.example',
    });
    expect(await refusalOf(bench.stripe.refunds.create({ payment_intent: intent.id }))).toMatchObject({
      statusCode: 500,
    });
    await bench.control('DELETE', '/faults');
    expect((await bench.stripe.refunds.create({ payment_intent: intent.id })).amount).toBe(2_500);
  });

  test('an order to arm nonsense is refused with what would make sense', async () => {
    await expect(fault({ kind: 'explode' })).rejects.toThrow('kind must be one of error, hang, close, slow, decline');
    await expect(fault({ kind: 'error', tiems: 2 })).rejects.toThrow('Unknown field tiems');
    expect((await bench.control('GET', '/faults')).faults).toEqual([]);
  });
});

test('a page of another site can neither read nor steer', async () => {
  const evil = { origin: 'https://evil.example', 'content-type': 'application/json' };
  expect((await fetch(`${bench.url}/control/reset`, { method: 'POST', headers: evil, body: '{}' })).status).toBe(403);
  expect((await fetch(`${bench.url}/control/mail`, { headers: evil })).status).toBe(403);
  const { hostname, port } = new URL(bench.url);
  const { request } = await import('node:http');
  const rebound = await new Promise<number | undefined>((resolve) => {
    request({ hostname, port, path: '/control/mail', headers: { host: 'evil.example' } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).end();
  });
  expect(rebound).toBe(403);
  expect(
    (await fetch(`${bench.url}/v1/payment_intents`, { headers: { authorization: `Bearer ${SECRET_KEY}` } })).status,
  ).toBe(200);
});
