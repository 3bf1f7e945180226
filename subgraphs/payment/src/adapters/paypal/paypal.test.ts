import { createHash, createSign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { crc32 } from 'node:zlib';
import { signer } from '@souk/local/standIns/paypal/certificate';
import fc from 'fast-check';
import { ProviderRefused, ProviderUnavailable } from '../../app/ports.js';
import { fromPaypalAmount, isPaypalAmount, toPaypalAmount } from './amounts.js';
import { createPaypalApi } from './paypalApi.js';
import { intentSnapshot, leftOf, readOrder, refundSnapshots } from './snapshots.js';
import { createTransmissionCheck } from './verifyTransmission.js';
import { createPaypalWebhooks } from './webhooks.js';

const NOW = new Date('2026-11-22T12:00:00.000Z');

describe('amounts', () => {
  test('are decimal strings with the decimals that PayPal wants, which are not always those of ISO 4217', () => {
    expect(toPaypalAmount(4_550, 'EUR')).toEqual({ currencyCode: 'EUR', value: '45.50' });
    expect(toPaypalAmount(5, 'EUR').value).toBe('0.05');
    expect(toPaypalAmount(1_500, 'JPY').value).toBe('1500');
    expect(toPaypalAmount(150_000, 'HUF').value).toBe('1500');
    expect(toPaypalAmount(99_900, 'TWD').value).toBe('999');
    expect(fromPaypalAmount('1500', 'HUF')).toBe(150_000);
    expect(fromPaypalAmount('-45.50', 'EUR')).toBe(-4_550);
  });

  test('that PayPal cannot say are not offered and not sent', () => {
    expect(isPaypalAmount('HUF', 150_050)).toBe(false);
    expect(isPaypalAmount('KWD', 1_000)).toBe(false);
    expect(() => toPaypalAmount(150_050, 'HUF')).toThrow(RangeError);
    expect(() => fromPaypalAmount('45.505', 'EUR')).toThrow(RangeError);
    expect(() => fromPaypalAmount('4e2', 'EUR')).toThrow(RangeError);
  });

  test('come back as they went, in every currency that PayPal takes', () => {
    const currencies = fc.constantFrom('EUR', 'USD', 'GBP', 'JPY', 'HUF', 'TWD', 'CZK', 'BRL');
    fc.assert(
      fc.property(currencies, fc.integer({ min: 1, max: 100_000_000 }), (currencyCode, amount) => {
        const cents = isPaypalAmount(currencyCode, amount) ? amount : amount * 100;
        expect(fromPaypalAmount(toPaypalAmount(cents, currencyCode).value, currencyCode)).toBe(cents);
      }),
    );
  });
});

const order = (status: string, payments: object = {}) =>
  readOrder({
    id: 'ORDER1',
    intent: 'CAPTURE',
    status,
    update_time: '2026-11-22T11:00:00Z',
    purchase_units: [{ amount: { currency_code: 'EUR', value: '45.50' }, custom_id: 'pay_1', payments }],
    links: [{ href: 'https://www.paypal.com/checkoutnow?token=ORDER1', rel: 'payer-action' }],
  });
const eur = (value: string) => ({ currency_code: 'EUR', value });

describe('how an order stands', () => {
  test.each([
    ['CREATED', {}, 'WAITING', 0],
    ['PAYER_ACTION_REQUIRED', {}, 'WAITING', 0],
    ['APPROVED', {}, 'APPROVED', 0],
    ['VOIDED', {}, 'CANCELLED', 0],
    ['COMPLETED', { captures: [{ id: 'C1', status: 'COMPLETED', amount: eur('45.50') }] }, 'CAPTURED', 4_550],
    ['COMPLETED', { captures: [{ id: 'C1', status: 'PARTIALLY_REFUNDED', amount: eur('45.50') }] }, 'CAPTURED', 4_550],
    ['COMPLETED', { captures: [{ id: 'C1', status: 'PENDING', amount: eur('45.50') }] }, 'PROCESSING', 0],
    ['COMPLETED', { captures: [{ id: 'C1', status: 'DECLINED', amount: eur('45.50') }] }, 'CANCELLED', 0],
    ['COMPLETED', { authorizations: [{ id: 'A1', status: 'CREATED', amount: eur('45.50') }] }, 'AUTHORIZED', 0],
    ['COMPLETED', { authorizations: [{ id: 'A1', status: 'VOIDED', amount: eur('45.50') }] }, 'CANCELLED', 0],
    [
      'COMPLETED',
      {
        authorizations: [
          { id: 'A1', status: 'CREATED', amount: eur('45.50'), expiration_time: '2026-11-22T11:59:59Z' },
        ],
      },
      'CANCELLED',
      0,
    ],
    [
      'COMPLETED',
      {
        authorizations: [{ id: 'A1', status: 'VOIDED', amount: eur('45.50') }],
        captures: [{ id: 'C1', status: 'COMPLETED', amount: eur('20.00') }],
      },
      'CAPTURED',
      2_000,
    ],
  ])('%s with %j is %s', (status, payments, state, capturedCents) => {
    expect(intentSnapshot(order(status, payments), NOW)).toMatchObject({ state, capturedCents, paymentId: 'pay_1' });
  });

  test('a status that PayPal does not document is a bug, and no answer', () => {
    expect(() => intentSnapshot(order('SETTLED'), NOW)).toThrow('unknown status SETTLED');
  });

  test('a refund in parts is one refund, and what is left of a capture counts each part', () => {
    const refund = (id: string, capture: string, value: string, mark: string, status = 'COMPLETED') => ({
      id,
      status,
      amount: eur(value),
      custom_id: mark,
      links: [{ href: `https://api-m.paypal.com/v2/payments/captures/${capture}`, rel: 'up' }],
    });
    const paid = order('COMPLETED', {
      captures: ['C1', 'C2'].map((id) => ({ id, status: 'COMPLETED', amount: eur('20.00') })),
      refunds: [
        refund('R1', 'C1', '20.00', 'pay_1/ref_1'),
        refund('R2', 'C2', '5.00', 'pay_1/ref_1'),
        refund('R3', 'C2', '1.00', 'pay_1'),
        refund('R4', 'C2', '9.00', 'pay_1/ref_2', 'FAILED'),
      ],
    });
    expect(refundSnapshots(paid)).toMatchObject([
      { reference: 'R1+R2', refundId: 'ref_1', amountCents: 2_500, state: 'SUCCEEDED' },
      { reference: 'R3', refundId: null, amountCents: 100, state: 'SUCCEEDED' },
      { reference: 'R4', refundId: 'ref_2', amountCents: 900, state: 'FAILED' },
    ]);
    expect(paid.captures.map((capture) => leftOf(paid, capture))).toEqual([0, 1_400]);
  });
});

describe('webhooks', () => {
  const { read } = createPaypalWebhooks({ webhookId: 'WH1' });
  const notice = (type: string, resource: object) => read({ type, payload: { resource } });

  test('are reasons to ask: an order, a capture or an authorization by its order, a refund by our own id', () => {
    const related = { supplementary_data: { related_ids: { order_id: 'ORDER1' } }, custom_id: 'pay_1' };
    expect(notice('CHECKOUT.ORDER.APPROVED', { id: 'ORDER1', purchase_units: [{ custom_id: 'pay_1' }] })).toEqual({
      kind: 'INTENT_CHANGED',
      intentReference: 'ORDER1',
      paymentId: 'pay_1',
    });
    expect(notice('PAYMENT.CAPTURE.COMPLETED', { id: 'C1', ...related })).toMatchObject({ intentReference: 'ORDER1' });
    expect(notice('PAYMENT.AUTHORIZATION.VOIDED', { id: 'A1', ...related })).toMatchObject({ kind: 'INTENT_CHANGED' });
    expect(notice('PAYMENT.CAPTURE.REFUNDED', { id: 'R1', custom_id: 'pay_1/ref_1' })).toEqual({
      kind: 'REFUNDS_CHANGED',
      intentReference: null,
      paymentId: 'pay_1',
    });
  });

  test('about anything that is not ours are irrelevant', () => {
    expect(notice('BILLING.SUBSCRIPTION.CREATED', { id: 'I-1' })).toEqual({ kind: 'IRRELEVANT' });
    expect(notice('PAYMENT.CAPTURE.REFUNDED', { id: 'R1', custom_id: 'somebody else' })).toEqual({
      kind: 'IRRELEVANT',
    });
    expect(notice('CUSTOMER.DISPUTE.CREATED', { dispute_id: 'PP-1' })).toEqual({ kind: 'IRRELEVANT' });
  });

  test.each([
    ['WAITING_FOR_SELLER_RESPONSE', undefined, 'OPEN'],
    ['RESOLVED', 'RESOLVED_SELLER_FAVOUR', 'WON'],
    ['RESOLVED', 'RESOLVED_BUYER_FAVOUR', 'LOST'],
    ['RESOLVED', 'SOMETHING_NEW', 'CLOSED'],
  ])('a dispute that is %s with %s is %s', (status, outcome, state) => {
    const resource = {
      dispute_id: 'PP-1',
      status,
      reason: 'UNAUTHORISED',
      dispute_amount: eur('45.50'),
      ...(outcome === undefined ? {} : { dispute_outcome: { outcome_code: outcome } }),
      disputed_transactions: [{ seller_transaction_id: 'C1', custom: 'pay_1' }],
    };
    expect(notice('CUSTOMER.DISPUTE.UPDATED', resource)).toMatchObject({
      paymentId: 'pay_1',
      dispute: { reference: 'PP-1', amountCents: 4_550, state, reason: 'unauthorised' },
    });
  });
});

describe('the signature of a webhook', () => {
  const WEBHOOK_ID = '8PT597110X687430L';
  const body = Buffer.from('{"id":"WH-1","event_type":"PAYMENT.CAPTURE.COMPLETED","resource":{}}');
  const server = createServer((_, response) => response.end(signer().pem));
  let base = '';
  let fetched = 0;
  beforeAll(async () => {
    server.on('request', () => {
      fetched += 1;
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  const certUrl = () => `${base}/v1/notifications/certs/CERT-1`;
  function headersOf(parts: { time?: string; webhookId?: string; signed?: Buffer; certUrl?: string } = {}) {
    const { time = new Date().toISOString(), webhookId = WEBHOOK_ID, signed = body } = parts;
    const id = '103e3700-8b0c-11e9-b5a0-ff0ed24b9b6a';
    const sign = createSign('sha256').update(`${id}|${time}|${webhookId}|${crc32(signed)}`);
    return {
      'paypal-transmission-id': id,
      'paypal-transmission-time': time,
      'paypal-transmission-sig': sign.sign(signer().privateKey, 'base64'),
      'paypal-cert-url': parts.certUrl ?? certUrl(),
      'paypal-auth-algo': 'SHA256withRSA',
    };
  }
  const check = () => createTransmissionCheck({ webhookId: WEBHOOK_ID, apiBaseUrl: base });

  test('fits this body, this webhook and this time only, and the certificate is fetched once', async () => {
    const isSent = check();
    const sent = (headers: Record<string, string>, rawBody = body) => isSent({ rawBody, headers }, new Date());
    fetched = 0;
    expect(await sent(headersOf())).toBe(true);
    expect(await sent(headersOf(), Buffer.from('{"id":"WH-2"}'))).toBe(false);
    expect(await sent(headersOf({ webhookId: 'OF-SOMEBODY-ELSE' }))).toBe(false);
    expect(await sent({ ...headersOf(), 'paypal-transmission-time': '2026-11-22T12:00:00Z' })).toBe(false);
    expect(await sent({ ...headersOf(), 'paypal-auth-algo': 'SHA1withRSA' })).toBe(false);
    expect(await sent(headersOf({ time: new Date(Date.now() - 5 * 86_400_000).toISOString() }))).toBe(false);
    expect(await sent(headersOf({ time: new Date(Date.now() - 2 * 86_400_000).toISOString() }))).toBe(false); // before the certificate
    expect(await sent({})).toBe(false);
    expect(fetched).toBe(1);
  });

  test.each([
    'https://api.paypal.com.evil.example/v1/notifications/certs/CERT-1',
    'https://evil.example/v1/notifications/certs/CERT-1',
    'https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1',
    'http://api.paypal.com/v1/notifications/certs/CERT-1',
    'https://api.paypal.com/v1/notifications/certs/../../evil',
    'https://api.paypal.com@evil.example/v1/notifications/certs/CERT-1',
    'https://www.paypal.com/v1/notifications/certs/CERT-1',
  ])('a certificate from %s is not even fetched', async (url) => {
    const isSent = createTransmissionCheck({ webhookId: WEBHOOK_ID });
    expect(await isSent({ rawBody: body, headers: headersOf({ certUrl: url }) }, new Date())).toBe(false);
  });

  test('a certificate that cannot be fetched now is no refusal: PayPal sends the message again', async () => {
    const isSent = createTransmissionCheck({ webhookId: WEBHOOK_ID, apiBaseUrl: 'http://127.0.0.1:9' });
    const headers = headersOf({ certUrl: 'http://127.0.0.1:9/v1/notifications/certs/CERT-1' });
    await expect(isSent({ rawBody: body, headers }, new Date())).rejects.toThrow(ProviderUnavailable);
  });
});

describe('what PayPal answers', () => {
  const secret = createHash('sha256').update('secret').digest('hex');
  let answer: { status: number; body: string } = { status: 200, body: '{}' };
  let tokens = 0;
  let revoked = false;
  const server = createServer((request, response) => {
    const isToken = request.url === '/v1/oauth2/token';
    if (isToken) tokens += 1;
    const token = { access_token: `token-${tokens}`, token_type: 'Bearer', expires_in: 3_600 };
    const stale = revoked && request.headers.authorization === 'Bearer token-1';
    const status = stale ? 401 : answer.status;
    response.writeHead(isToken ? 200 : status, { 'content-type': 'application/json' });
    response.end(isToken ? JSON.stringify(token) : stale ? '{"name":"AUTHENTICATION_FAILURE"}' : answer.body);
  });
  let base = '';
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());
  const ask = (status: number, body: object) => {
    answer = { status, body: JSON.stringify(body) };
    const api = createPaypalApi({ clientId: 'client-id', clientSecret: secret, apiBaseUrl: base, timeoutMs: 2_000 });
    return api.ask(({ orders }) => orders.getOrder({ id: 'ORDER1' }));
  };
  const refusal = async (status: number, body: object): Promise<Error> =>
    ask(status, body).then(
      () => new Error('it was accepted'),
      (error: Error) => error,
    );

  test.each([
    [500, {}],
    [503, {}],
    [429, { name: 'RATE_LIMIT_REACHED' }],
    [409, { name: 'RESOURCE_CONFLICT', details: [{ issue: 'PREVIOUS_REQUEST_IN_PROGRESS' }] }],
    [401, { name: 'AUTHENTICATION_FAILURE' }],
    [403, { name: 'NOT_AUTHORIZED' }],
  ])('with %d is no refusal: it is asked again', async (status, body) => {
    expect(await refusal(status, body)).toBeInstanceOf(ProviderUnavailable);
  });

  test.each([
    [422, { name: 'UNPROCESSABLE_ENTITY', details: [{ issue: 'INSTRUMENT_DECLINED' }] }, 'INSTRUMENT_DECLINED'],
    [400, { name: 'INVALID_REQUEST' }, 'INVALID_REQUEST'],
    [404, { name: 'RESOURCE_NOT_FOUND', details: [{ issue: 'INVALID_RESOURCE_ID' }] }, 'INVALID_RESOURCE_ID'],
  ])('with %d and %j is a refusal that says why', async (status, body, code) => {
    const error = await refusal(status, body);
    expect(error).toBeInstanceOf(ProviderRefused);
    expect(error).toMatchObject({ code });
  });

  test('an error carries neither the credentials nor what PayPal said about the payer', async () => {
    const error = await refusal(422, {
      name: 'UNPROCESSABLE_ENTITY',
      message: 'Ada Lovelace cannot pay',
      details: [{ issue: 'Ada cannot', value: 'ada@example.com' }],
    });
    const shown = `${error.stack} ${JSON.stringify(error)} ${String((error as { cause?: unknown }).cause)}`;
    for (const secretText of [secret, 'Bearer', 'Ada', 'ada@example.com']) expect(shown).not.toContain(secretText);
    expect(error).toMatchObject({ code: 'UNPROCESSABLE_ENTITY' });
  });

  test('to a token that has ended before its time is another token, asked for once', async () => {
    tokens = 0;
    revoked = true;
    expect(await ask(200, { id: 'ORDER1' })).toEqual({ id: 'ORDER1' });
    expect(tokens).toBe(2);
  });

  test('in a shape that the SDK does not know is read by us', async () => {
    expect(await ask(200, { id: 17, status: { something: 'new' } })).toEqual({ id: 17, status: { something: 'new' } });
  });
});
