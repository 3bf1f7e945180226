import { verify, X509Certificate } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually } from '../testing/startForTest.js';
import { type PaypalBench, startPaypalForTest, WEBHOOK_ID } from '../testing/startPaypalForTest.js';

let bench: PaypalBench;
beforeEach(async () => {
  bench = await startPaypalForTest();
});
afterEach(() => bench.close());

const unit = (value = '45.50', more: object = {}) => ({
  intent: 'CAPTURE',
  purchase_units: [{ amount: { currency_code: 'EUR', value }, custom_id: 'pay_1', invoice_id: 'pay_1', ...more }],
  payment_source: {
    paypal: {
      experience_context: { return_url: 'https://shop.example/paid', cancel_url: 'https://shop.example/cart' },
    },
  },
});
interface Order {
  id: string;
  status: string;
  links: { rel: string; href: string }[];
  purchase_units: {
    payments?: Record<'captures' | 'authorizations' | 'refunds', { id: string; status: string; amount: object }[]>;
  }[];
}
const issueOf = (answer: { body: unknown }) => (answer.body as { details?: { issue: string }[] }).details?.[0]?.issue;
const create = async (body: object = unit(), key = 'key-1') =>
  (await bench.call('POST', '/v2/checkout/orders', body, { 'paypal-request-id': key })).body as Order;
const approve = (id: string, funding?: string) => bench.control('POST', `/paypal/orders/${id}/approve`, { funding });

describe('orders', () => {
  test('an order is approved by its payer, captured once, and says so ever after', async () => {
    const order = await create();
    expect(order).toMatchObject({ status: 'PAYER_ACTION_REQUIRED' });
    expect(order.links.find(({ rel }) => rel === 'payer-action')?.href).toBe(
      `${bench.url}/checkoutnow?token=${order.id}`,
    );
    const early = await bench.call('POST', `/v2/checkout/orders/${order.id}/capture`, {});
    expect([early.status, issueOf(early)]).toEqual([422, 'ORDER_NOT_APPROVED']);
    await approve(order.id);
    const key = { 'paypal-request-id': 'capture-1' };
    const first = await bench.call('POST', `/v2/checkout/orders/${order.id}/capture`, {}, key);
    const again = await bench.call('POST', `/v2/checkout/orders/${order.id}/capture`, {}, key);
    const other = await bench.call('POST', `/v2/checkout/orders/${order.id}/capture`, {});
    expect([first.status, again.status, issueOf(other)]).toEqual([201, 200, 'ORDER_ALREADY_CAPTURED']);
    expect(again.body).toEqual(first.body);
    expect(first.body).toMatchObject({
      status: 'COMPLETED',
      purchase_units: [
        { payments: { captures: [{ status: 'COMPLETED', amount: { currency_code: 'EUR', value: '45.50' } }] } },
      ],
    });
  });

  test('the same request id makes one order, and is refused for another one', async () => {
    const first = await create();
    expect((await create()).id).toBe(first.id);
    const other = await bench.call('POST', '/v2/checkout/orders', unit('1.00'), { 'paypal-request-id': 'key-1' });
    expect([other.status, issueOf(other)]).toEqual([422, 'DUPLICATE_REQUEST_ID']);
  });

  test('an invoice id is paid once, whichever order it stands on', async () => {
    const [first, second] = [await create(unit(), 'one'), await create(unit(), 'two')];
    await approve(first.id);
    await approve(second.id);
    await bench.call('POST', `/v2/checkout/orders/${first.id}/capture`, {});
    const refused = await bench.call('POST', `/v2/checkout/orders/${second.id}/capture`, {});
    expect([refused.status, issueOf(refused)]).toEqual([422, 'DUPLICATE_INVOICE_ID']);
  });

  test('a declined funding is refused until the payer chooses another one', async () => {
    const order = await create();
    await approve(order.id, 'declined');
    const declined = await bench.call('POST', `/v2/checkout/orders/${order.id}/capture`, {});
    expect([declined.status, issueOf(declined)]).toEqual([422, 'INSTRUMENT_DECLINED']);
    await approve(order.id, 'balance');
    expect((await bench.call('POST', `/v2/checkout/orders/${order.id}/capture`, {})).status).toBe(201);
  });

  test('currencies without decimals take none, and unknown ones are refused', async () => {
    const amount = (currency_code: string, value: string) => unit('1', { amount: { currency_code, value } });
    const post = async (body: object) => issueOf(await bench.call('POST', '/v2/checkout/orders', body));
    expect(await post(amount('JPY', '1.50'))).toBe('DECIMAL_PRECISION');
    expect(await post(amount('HUF', '1500'))).toBeUndefined();
    expect(await post(amount('KWD', '1.500'))).toBe('CURRENCY_NOT_SUPPORTED');
    expect(await post(amount('EUR', '0.00'))).toBe('CANNOT_BE_ZERO_OR_NEGATIVE');
  });

  test('a higher amount must be approved again', async () => {
    const order = await create();
    await approve(order.id);
    const patch = (value: string) => [
      {
        op: 'replace',
        path: "/purchase_units/@reference_id=='default'/amount",
        value: { currency_code: 'EUR', value },
      },
    ];
    const path = `/v2/checkout/orders/${order.id}`;
    expect((await bench.call('PATCH', path, patch('40.00'))).status).toBe(204);
    expect((await bench.call('GET', path)).body).toMatchObject({ status: 'APPROVED' });
    await bench.call('PATCH', path, patch('60.00'));
    expect((await bench.call('GET', path)).body).toMatchObject({ status: 'PAYER_ACTION_REQUIRED' });
  });
});

test('an authorization is captured in parts, and what is left is voided', async () => {
  const order = await create({ ...unit(), intent: 'AUTHORIZE' });
  await approve(order.id);
  const made = (await bench.call('POST', `/v2/checkout/orders/${order.id}/authorize`, {})).body as Order;
  const id = made.purchase_units[0]?.payments?.authorizations[0]?.id ?? '';
  const capture = (value: string) =>
    bench.call('POST', `/v2/payments/authorizations/${id}/capture`, {
      amount: { currency_code: 'EUR', value },
      final_capture: false,
    });
  expect((await capture('20.00')).status).toBe(201);
  expect(issueOf(await capture('30.00'))).toBe('MAX_CAPTURE_AMOUNT_EXCEEDED');
  expect((await capture('5.00')).status).toBe(201);
  expect((await bench.call('POST', `/v2/payments/authorizations/${id}/void`)).status).toBe(204);
  expect(issueOf(await capture('1.00'))).toBe('AUTHORIZATION_VOIDED');
  expect(issueOf(await bench.call('POST', `/v2/payments/authorizations/${id}/void`))).toBe('PREVIOUSLY_VOIDED');
});

test('captured money is refunded in parts up to all of it, and the report adds up', async () => {
  const order = await create();
  await approve(order.id);
  const paid = (await bench.call('POST', `/v2/checkout/orders/${order.id}/capture`, {})).body as Order;
  const id = paid.purchase_units[0]?.payments?.captures[0]?.id ?? '';
  const refund = (value?: string) =>
    bench.call(
      'POST',
      `/v2/payments/captures/${id}/refund`,
      value === undefined ? {} : { amount: { currency_code: 'EUR', value } },
    );
  expect((await refund('10.00')).body).toMatchObject({ status: 'COMPLETED', custom_id: 'pay_1' });
  expect(issueOf(await refund('40.00'))).toBe('REFUND_AMOUNT_EXCEEDED');
  expect((await refund()).body).toMatchObject({ amount: { value: '35.50' } });
  expect(issueOf(await refund())).toBe('CAPTURE_FULLY_REFUNDED');
  const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString();
  const report = await bench.call('GET', `/v1/reporting/transactions?start_date=${day(-1)}&end_date=${day(1)}`);
  const details = (report.body as { transaction_details: { transaction_info: Record<string, unknown> }[] })
    .transaction_details;
  expect(
    details.map(({ transaction_info: it }) => [it.transaction_event_code, it.transaction_amount, it.custom_field]),
  ).toEqual([
    ['T0006', { currency_code: 'EUR', value: '45.50' }, 'pay_1'],
    ['T1107', { currency_code: 'EUR', value: '-10.00' }, 'pay_1'],
    ['T1107', { currency_code: 'EUR', value: '-35.50' }, 'pay_1'],
  ]);
});

test('webhooks are signed as PayPal signs: certificate, CRC-32 of the body, time and webhook id', async () => {
  const order = await create();
  await approve(order.id);
  const { body, headers } = await eventually(() => bench.webhooks[0]);
  expect(JSON.parse(body)).toMatchObject({ event_type: 'CHECKOUT.ORDER.APPROVED', resource: { id: order.id } });
  const pem = await (await fetch(String(headers['paypal-cert-url']))).text();
  const certificate = new X509Certificate(pem);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  const signed = `${headers['paypal-transmission-id']}|${headers['paypal-transmission-time']}|${WEBHOOK_ID}|${crc32(body)}`;
  const signature = Buffer.from(String(headers['paypal-transmission-sig']), 'base64');
  expect(verify('sha256', Buffer.from(signed), certificate.publicKey, signature)).toBe(true);
  const ask = (event: object) =>
    bench.call('POST', '/v1/notifications/verify-webhook-signature', {
      auth_algo: headers['paypal-auth-algo'],
      cert_url: headers['paypal-cert-url'],
      transmission_id: headers['paypal-transmission-id'],
      transmission_sig: headers['paypal-transmission-sig'],
      transmission_time: headers['paypal-transmission-time'],
      webhook_id: WEBHOOK_ID,
      webhook_event: event,
    });
  expect((await ask(JSON.parse(body))).body).toEqual({ verification_status: 'SUCCESS' });
  expect((await ask({ ...JSON.parse(body), id: 'WH-other' })).body).toEqual({ verification_status: 'FAILURE' });
});

test('a fault after acting leaves the thing done, and the same request id finds it', async () => {
  const order = await create();
  await approve(order.id);
  await bench.control('POST', '/faults', { provider: 'paypal', kind: 'error', when: 'after', path: '/capture' });
  const capture = () =>
    bench.call('POST', `/v2/checkout/orders/${order.id}/capture`, {}, { 'paypal-request-id': 'capture-1' });
  expect((await capture()).status).toBe(500);
  expect((await capture()).body).toMatchObject({ status: 'COMPLETED' });
});

test('the approval page sends the payer back to the shop, approved or not', async () => {
  const order = await create();
  const page = `${bench.url}/checkoutnow?token=${order.id}`;
  const choose = async (choice: string) =>
    (
      await fetch(page, {
        method: 'POST',
        redirect: 'manual',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: `choice=${choice}`,
      })
    ).headers.get('location');
  expect(await (await fetch(page)).text()).toContain('45.50 EUR');
  expect(await choose('cancel')).toBe(`https://shop.example/cart?token=${order.id}`);
  expect(await choose('balance')).toBe(`https://shop.example/paid?token=${order.id}&PayerID=PAYERADALOVELACE`);
  expect((await bench.call('GET', `/v2/checkout/orders/${order.id}`)).body).toMatchObject({ status: 'APPROVED' });
});

test('without a token, or with wrong credentials, nothing is answered', async () => {
  const bare = await fetch(`${bench.url}/v2/checkout/orders`, { method: 'POST', body: '{}' });
  expect(bare.status).toBe(401);
  const anonymous = await bench.call('GET', '/v2/checkout/orders/X', undefined, { authorization: 'Bearer nothing' });
  expect(anonymous).toMatchObject({ status: 401, body: { name: 'AUTHENTICATION_FAILURE' } });
});

test('kill -9: orders, request ids, tokens and undelivered webhooks are there again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'paypal-'));
  const dataFile = join(folder, 'journal');
  const first = await startPaypalForTest({ dataFile });
  await first.control('PUT', '/webhooks', { paused: true });
  const key = { 'paypal-request-id': 'key-1' };
  const { body } = await first.call('POST', '/v2/checkout/orders', unit(), key);
  const { id } = body as Order;
  await first.control('POST', `/paypal/orders/${id}/approve`);
  await first.close();
  const second = await startPaypalForTest({ dataFile, token: first.token });
  try {
    expect((await second.call('POST', '/v2/checkout/orders', unit(), key)).body).toMatchObject({
      id,
      status: 'APPROVED',
    });
    await eventually(() => second.webhooks.length === 1);
  } finally {
    await second.close();
    await rm(folder, { recursive: true });
  }
});
