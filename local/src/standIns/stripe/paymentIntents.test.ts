import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { PUBLISHABLE_KEY, refusalOf, startForTest, stripeAt, type TestBench } from '../testing/startForTest.js';

let bench: TestBench;
beforeAll(async () => {
  bench = await startForTest();
});
afterAll(() => bench.close());
beforeEach(async () => {
  await bench.control('POST', '/reset', {});
});

const NEVER = { enabled: true, allow_redirects: 'never' } as const;
const create = (more: object = {}) =>
  bench.stripe.paymentIntents.create({ amount: 2_500, currency: 'eur', automatic_payment_methods: NEVER, ...more });

describe('creating', () => {
  test('an intent has the shape of Stripe, with amount, currency, metadata and a client secret', async () => {
    const intent = await create({
      metadata: { orderId: 'ord_1', note: 'a&b=c [d]' },
      receipt_email: 'ada@example.com',
    });
    expect(intent).toMatchObject({
      object: 'payment_intent',
      amount: 2_500,
      currency: 'eur',
      status: 'requires_payment_method',
      capture_method: 'automatic_async',
      metadata: { orderId: 'ord_1', note: 'a&b=c [d]' },
      receipt_email: 'ada@example.com',
      latest_charge: null,
      livemode: false,
    });
    expect(intent.id).toMatch(/^pi_3[0-9A-Za-z]{24}$/);
    expect(intent.client_secret).toMatch(new RegExp(`^${intent.id}_secret_[0-9A-Za-z]{25}$`));
    expect(intent.lastResponse.requestId).toMatch(/^req_[0-9A-Za-z]{14}$/);
    expect(await bench.stripe.paymentIntents.retrieve(intent.id)).toEqual(intent);
  });

  test('created, confirmed and captured in one call, the answer expands the charge on request', async () => {
    const intent = await create({
      confirm: true,
      payment_method: 'pm_card_visa',
      expand: ['latest_charge.balance_transaction'],
    });
    expect(intent.status).toBe('succeeded');
    expect(intent.amount_received).toBe(2_500);
    expect(intent.latest_charge).toMatchObject({
      object: 'charge',
      amount_captured: 2_500,
      payment_method_details: { type: 'card', card: { brand: 'visa', last4: '4242' } },
      balance_transaction: { object: 'balance_transaction', amount: 2_500, fee: 103, net: 2_397, type: 'charge' },
    });
  });

  test.each([
    [{ amount: undefined }, 'parameter_missing', 'amount'],
    [{ amount: 12 }, 'amount_too_small', 'amount'],
    [{ amount: 100_000_000 }, 'amount_too_large', 'amount'],
    [{ amount: 12.5 }, 'parameter_invalid_integer', 'amount'],
    [{ currency: 'euro' }, undefined, 'currency'],
    [{ capture_method: 'later' }, undefined, 'capture_method'],
    [{ price: 1 }, 'parameter_unknown', 'price'],
    [{ customer: 'cus_none' }, 'resource_missing', 'customer'],
    [{ payment_method: 'pm_none' }, 'resource_missing', 'payment_method'],
    [{ metadata: { k: 'v'.repeat(501) } }, undefined, 'metadata[k]'],
  ])('%j is refused with 400, and nothing is created', async (params, code, param) => {
    const error = await refusalOf(create(params));
    expect(error).toMatchObject({ type: 'StripeInvalidRequestError', statusCode: 400, param });
    expect(error.code).toBe(code);
    expect((await bench.stripe.paymentIntents.list()).data).toEqual([]);
    expect((await bench.stripe.events.list()).data).toEqual([]);
  });

  test('a wrong key is 401, no key is 401, a publishable key is 403 for what only the server may do', async () => {
    const wrong = await refusalOf(stripeAt(bench.url, { key: 'sk_test_wrong' }).paymentIntents.list());
    expect(wrong).toMatchObject({ type: 'StripeAuthenticationError', statusCode: 401 });
    expect(wrong.message).not.toContain('sk_test_wrong');
    expect((await fetch(`${bench.url}/v1/payment_intents`)).status).toBe(401);
    const publishable = stripeAt(bench.url, { key: PUBLISHABLE_KEY });
    const error = await refusalOf(publishable.paymentIntents.create({ amount: 100, currency: 'eur' }));
    expect(error).toMatchObject({ type: 'StripePermissionError', code: 'secret_key_required', statusCode: 403 });
  });

  test('an unknown intent is 404 resource_missing, an unknown URL is 404', async () => {
    const error = await refusalOf(bench.stripe.paymentIntents.retrieve('pi_none'));
    expect(error).toMatchObject({ statusCode: 404, code: 'resource_missing', param: 'intent' });
    expect(error.message).toBe("No such payment_intent: 'pi_none'");
    expect(await refusalOf(bench.stripe.payouts.list())).toMatchObject({
      statusCode: 404,
      type: 'StripeInvalidRequestError',
    });
  });
});

describe('confirming', () => {
  test.each([
    ['pm_card_chargeDeclined', 'card_declined', 'generic_decline'],
    ['pm_card_visa_chargeDeclined', 'card_declined', 'generic_decline'],
    ['pm_card_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card', 'expired_card'],
    ['pm_card_chargeDeclinedProcessingError', 'processing_error', 'processing_error'],
  ])('%s declines with 402, and another card pays the same intent', async (card, code, declineCode) => {
    const intent = await create();
    const error = await refusalOf(bench.stripe.paymentIntents.confirm(intent.id, { payment_method: card }));
    expect(error).toMatchObject({ type: 'StripeCardError', statusCode: 402, code, decline_code: declineCode });
    expect(error.payment_intent).toMatchObject({ id: intent.id, status: 'requires_payment_method' });
    const after = await bench.stripe.paymentIntents.retrieve(intent.id, { expand: ['latest_charge'] });
    expect(after).toMatchObject({
      status: 'requires_payment_method',
      amount_received: 0,
      payment_method: null,
      last_payment_error: { type: 'card_error', code, decline_code: declineCode },
      latest_charge: { status: 'failed', paid: false, failure_code: code },
    });
    const paid = await bench.stripe.paymentIntents.confirm(intent.id, { payment_method: 'pm_card_mastercard' });
    expect(paid).toMatchObject({ status: 'succeeded', amount_received: 2_500, last_payment_error: null });
    const charges = await bench.stripe.charges.list({ payment_intent: intent.id });
    expect(charges.data.map((charge) => charge.status)).toEqual(['succeeded', 'failed']);
  });

  test('a paid intent cannot be confirmed again: nobody is charged twice', async () => {
    const intent = await create({ confirm: true, payment_method: 'pm_card_visa' });
    const error = await refusalOf(bench.stripe.paymentIntents.confirm(intent.id, { payment_method: 'pm_card_visa' }));
    expect(error).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
    expect(error.payment_intent?.status).toBe('succeeded');
    expect((await bench.stripe.charges.list({ payment_intent: intent.id })).data).toHaveLength(1);
  });

  test('without a payment method it is refused; without return_url too when redirects are allowed', async () => {
    const bare = await create();
    expect(await refusalOf(bench.stripe.paymentIntents.confirm(bare.id))).toMatchObject({
      code: 'payment_intent_unexpected_state',
    });
    const redirecting = await bench.stripe.paymentIntents.create({ amount: 2_500, currency: 'eur' });
    const confirm = { payment_method: 'pm_card_visa' };
    const error = await refusalOf(bench.stripe.paymentIntents.confirm(redirecting.id, confirm));
    expect(error).toMatchObject({ statusCode: 400, param: 'return_url' });
    const paid = await bench.stripe.paymentIntents.confirm(redirecting.id, {
      ...confirm,
      return_url: 'https://shop.example/done',
    });
    expect(paid.status).toBe('succeeded');
  });

  test('3-D Secure: requires_action with a page, which passes and sends the shopper back', async () => {
    const intent = await create({
      confirm: true,
      payment_method: 'pm_card_authenticationRequired',
      return_url: 'https://shop.example/done?x=1',
    });
    expect(intent).toMatchObject({ status: 'requires_action', next_action: { type: 'redirect_to_url' } });
    const url = intent.next_action?.redirect_to_url?.url ?? '';
    const page = await fetch(url);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('€25.00');
    const wrong = await fetch(url.replace(/.$/, '~'), {
      method: 'POST',
      body: new URLSearchParams({ outcome: 'succeed' }),
    });
    expect(wrong.status).toBe(404);
    expect((await bench.stripe.paymentIntents.retrieve(intent.id)).status).toBe('requires_action');
    const done = await fetch(url, {
      method: 'POST',
      body: new URLSearchParams({ outcome: 'succeed' }),
      redirect: 'manual',
    });
    expect(done.status).toBe(303);
    const back = new URL(done.headers.get('location') ?? '');
    expect(back.origin + back.pathname).toBe('https://shop.example/done');
    expect(Object.fromEntries(back.searchParams)).toEqual({
      x: '1',
      payment_intent: intent.id,
      payment_intent_client_secret: intent.client_secret,
      redirect_status: 'succeeded',
    });
    expect(await bench.stripe.paymentIntents.retrieve(intent.id)).toMatchObject({
      status: 'succeeded',
      next_action: null,
    });
    expect((await fetch(url, { method: 'POST', body: new URLSearchParams({ outcome: 'succeed' }) })).status).toBe(400);
    expect((await bench.stripe.charges.list({ payment_intent: intent.id })).data).toHaveLength(1);
  });

  test('3-D Secure failed: the intent wants another payment method; off session it declines at once', async () => {
    const intent = await create();
    await bench.stripe.paymentIntents.confirm(intent.id, { payment_method: 'pm_card_threeDSecureRequired' });
    await bench.control('POST', `/payment_intents/${intent.id}/authenticate`, { outcome: 'fail' });
    expect(await bench.stripe.paymentIntents.retrieve(intent.id)).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code: 'payment_intent_authentication_failure' },
    });
    const offSession = { confirm: true, off_session: true, payment_method: 'pm_card_authenticationRequired' };
    expect(await refusalOf(create(offSession))).toMatchObject({ statusCode: 402, code: 'authentication_required' });
  });

  test('a bank debit is processing until it settles or bounces', async () => {
    const params = { confirm: true, payment_method: 'pm_usBankAccount_processing' };
    const good = await create(params);
    const bad = await create(params);
    expect([good.status, bad.status]).toEqual(['processing', 'processing']);
    await bench.control('POST', `/payment_intents/${good.id}/settle`, { outcome: 'succeed' });
    await bench.control('POST', `/payment_intents/${bad.id}/settle`, { outcome: 'fail' });
    expect(await bench.stripe.paymentIntents.retrieve(good.id)).toMatchObject({
      status: 'succeeded',
      amount_received: 2_500,
    });
    expect(await bench.stripe.paymentIntents.retrieve(bad.id)).toMatchObject({ status: 'requires_payment_method' });
  });

  test('as Stripe.js does it: publishable key, client secret and a test card number', async () => {
    const intent = await create({ metadata: { orderId: 'ord_1' } });
    const call = (path: string, form: Record<string, string>) =>
      fetch(`${bench.url}/v1/payment_intents/${intent.id}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${PUBLISHABLE_KEY}`, origin: 'http://localhost:3000' },
        body: new URLSearchParams(form),
      });
    const card = {
      'payment_method_data[type]': 'card',
      'payment_method_data[card][number]': '4242 4242 4242 4242',
      'payment_method_data[billing_details][name]': 'Ada',
      use_stripe_sdk: 'true',
    };
    const foreign = await call('/confirm', { ...card, client_secret: `${intent.id}_secret_guess` });
    expect(foreign.status).toBe(400);
    expect((await bench.stripe.paymentIntents.retrieve(intent.id)).status).toBe('requires_payment_method');
    const answer = await call('/confirm', { ...card, client_secret: intent.client_secret ?? '' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    const body = (await answer.json()) as Record<string, unknown>;
    expect(body).toMatchObject({ id: intent.id, status: 'succeeded', amount: 2_500 });
    expect(body).not.toHaveProperty('metadata');
    expect(body).not.toHaveProperty('latest_charge');
  });
});

describe('changing', () => {
  test('the amount changes while it is unpaid and not afterwards; metadata always, key by key', async () => {
    const intent = await create({ metadata: { a: '1', b: '2' } });
    const changed = await bench.stripe.paymentIntents.update(intent.id, { amount: 3_000, metadata: { b: '', c: '3' } });
    expect(changed).toMatchObject({ amount: 3_000, metadata: { a: '1', c: '3' } });
    expect(changed.metadata).not.toHaveProperty('b');
    await bench.stripe.paymentIntents.confirm(intent.id, { payment_method: 'pm_card_visa' });
    const error = await refusalOf(bench.stripe.paymentIntents.update(intent.id, { amount: 1_000 }));
    expect(error).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
    const after = await bench.stripe.paymentIntents.update(intent.id, { metadata: { d: '4' } });
    expect(after).toMatchObject({ amount: 3_000, amount_received: 3_000, metadata: { a: '1', c: '3', d: '4' } });
  });

  test('manual capture: a part is taken, once, and not more than was authorized', async () => {
    const intent = await create({ capture_method: 'manual', confirm: true, payment_method: 'pm_card_visa' });
    expect(intent).toMatchObject({ status: 'requires_capture', amount_capturable: 2_500, amount_received: 0 });
    const tooMuch = await refusalOf(bench.stripe.paymentIntents.capture(intent.id, { amount_to_capture: 2_501 }));
    expect(tooMuch).toMatchObject({ statusCode: 400, code: 'amount_too_large' });
    const captured = await bench.stripe.paymentIntents.capture(intent.id, { amount_to_capture: 2_000 });
    expect(captured).toMatchObject({
      status: 'succeeded',
      amount: 2_500,
      amount_capturable: 0,
      amount_received: 2_000,
    });
    const [charge] = (await bench.stripe.charges.list({ payment_intent: intent.id })).data;
    expect(charge).toMatchObject({ captured: true, amount: 2_500, amount_captured: 2_000 });
    expect(await refusalOf(bench.stripe.paymentIntents.capture(intent.id))).toMatchObject({
      code: 'payment_intent_unexpected_state',
    });
    const money = await bench.stripe.balanceTransactions.list({ type: 'charge' });
    expect(money.data.map((it) => it.amount)).toEqual([2_000]);
  });

  test('cancelling voids an authorization, and a paid intent cannot be cancelled', async () => {
    const open = await create({ capture_method: 'manual', confirm: true, payment_method: 'pm_card_visa' });
    const canceled = await bench.stripe.paymentIntents.cancel(open.id, { cancellation_reason: 'abandoned' });
    expect(canceled).toMatchObject({ status: 'canceled', amount_capturable: 0, cancellation_reason: 'abandoned' });
    expect(await refusalOf(bench.stripe.paymentIntents.confirm(open.id))).toMatchObject({
      code: 'payment_intent_unexpected_state',
    });
    const paid = await create({ confirm: true, payment_method: 'pm_card_visa' });
    const error = await refusalOf(bench.stripe.paymentIntents.cancel(paid.id));
    expect(error).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
    expect((await bench.stripe.paymentIntents.retrieve(paid.id)).status).toBe('succeeded');
  });
});

test('lists are newest first, page by cursor in both directions, and iterate with the SDK', async () => {
  const ids: string[] = [];
  for (let n = 0; n < 5; n += 1) ids.unshift((await create()).id);
  const first = await bench.stripe.paymentIntents.list({ limit: 2 });
  expect(first).toMatchObject({ object: 'list', has_more: true, url: '/v1/payment_intents' });
  expect(first.data.map((it) => it.id)).toEqual(ids.slice(0, 2));
  const rest = await bench.stripe.paymentIntents.list({ limit: 3, starting_after: ids[1] ?? '' });
  expect(rest.data.map((it) => it.id)).toEqual(ids.slice(2));
  expect(rest.has_more).toBe(false);
  const back = await bench.stripe.paymentIntents.list({ limit: 2, ending_before: ids[3] ?? '' });
  expect(back.data.map((it) => it.id)).toEqual(ids.slice(1, 3));
  expect(back.has_more).toBe(true);
  const all: string[] = [];
  for await (const intent of bench.stripe.paymentIntents.list({ limit: 2 })) all.push(intent.id);
  expect(all).toEqual(ids);
  const future = Math.floor(Date.now() / 1000) + 60;
  expect((await bench.stripe.paymentIntents.list({ created: { gte: future } })).data).toEqual([]);
  expect((await bench.stripe.paymentIntents.list({ created: { lt: future } })).data).toHaveLength(5);
  expect(await refusalOf(bench.stripe.paymentIntents.list({ limit: 101 }))).toMatchObject({ param: 'limit' });
});
