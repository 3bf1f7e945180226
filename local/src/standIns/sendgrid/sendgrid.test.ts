import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import client from '@sendgrid/client';
import mail from '@sendgrid/mail';
import { SENDGRID_KEY, startForTest, type TestBench } from '../testing/startForTest.js';

let bench: TestBench;
beforeAll(async () => {
  bench = await startForTest();
});
afterAll(() => bench.close());
beforeEach(async () => {
  useKey(SENDGRID_KEY);
  await bench.control('POST', '/reset', {});
});

/** The real SDK, pointed at a base URL as the notification worker does it. */
function useKey(key: string): void {
  client.setApiKey(key);
  client.setDefaultRequest('baseUrl', bench.url);
  mail.setClient(client);
}

const order = {
  to: { email: 'ada@example.com', name: 'Ada' },
  from: { email: 'shop@example.com', name: 'Souk' },
  subject: 'Your order 1001',
  text: 'Thank you',
  html: '<h1>Thank you</h1>',
  categories: ['order.confirmed'],
  customArgs: { eventId: 'evt_1' },
};

interface Refused {
  code: number;
  response: { body: { errors: { message: string; field: string | null }[] } };
}
const refusalOf = (promise: Promise<unknown>): Promise<Refused> =>
  promise.then(
    () => {
      throw new Error('It was accepted.');
    },
    (error: Refused) => error,
  );
const kept = async (query = '') =>
  (await bench.control('GET', `/mail${query}`)) as { total: number; mails: Record<string, unknown>[] };

test('an accepted mail is answered 202 with a message id, and kept whole with categories and custom args', async () => {
  const [response] = await mail.send({ ...order, headers: { 'X-Order': '1001' } });
  expect(response.statusCode).toBe(202);
  const id = (response.headers as Record<string, string>)['x-message-id'] ?? '';
  expect(await bench.control('GET', `/mail/${id}`)).toMatchObject({
    id,
    messageId: id,
    from: { email: 'shop@example.com', name: 'Souk' },
    to: [{ email: 'ada@example.com', name: 'Ada' }],
    subject: 'Your order 1001',
    text: 'Thank you',
    html: '<h1>Thank you</h1>',
    categories: ['order.confirmed'],
    customArgs: { eventId: 'evt_1' },
    headers: { 'X-Order': '1001' },
  });
  const html = await fetch(`${bench.url}/control/mail/${id}/html`);
  expect(html.headers.get('content-security-policy')).toContain(
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'",
  );
  expect(await html.text()).toContain('<h1>Thank you</h1>');
});

test('mails are found by recipient, time, category, subject and custom arg; bodies only on request', async () => {
  await mail.send(order);
  await mail.send({ ...order, to: 'BOB@example.com', customArgs: { eventId: 'evt_2' } });
  await mail.send({ ...order, to: 'bob@example.com', subject: 'Shipped', categories: ['order.shipped'] });
  expect((await kept()).mails.map((it) => it.subject)).toEqual(['Shipped', 'Your order 1001', 'Your order 1001']);
  expect((await kept('?to=bob@example.com')).total).toBe(2);
  expect((await kept('?arg.eventId=evt_1')).total).toBe(2);
  expect((await kept('?arg.eventId=evt_2')).total).toBe(1);
  expect((await kept('?category=order.shipped')).total).toBe(1);
  expect((await kept('?subject=SHIPPED')).total).toBe(1);
  expect((await kept(`?since=${Date.now() + 60_000}`)).total).toBe(0);
  expect((await kept('?limit=1')).mails).toHaveLength(1);
  expect((await kept()).mails[0]).not.toHaveProperty('html');
  expect((await kept('?bodies=true')).mails[0]).toMatchObject({ html: '<h1>Thank you</h1>' });
  await expect(kept('?tto=x')).rejects.toThrow('Unknown field tto');
});

test('one message for each personalization, each with its own recipients and args', async () => {
  await mail.send({
    from: 'shop@example.com',
    subject: 'Hello',
    text: 'Hi {{name}}',
    personalizations: [
      { to: 'ada@example.com', customArgs: { n: '1' }, substitutions: { name: 'Ada' } },
      { to: 'bob@example.com', cc: 'eve@example.com', subject: 'Hello Bob', customArgs: { n: '2' } },
    ],
  });
  const { mails } = await kept('?bodies=true');
  expect(mails).toMatchObject([
    { subject: 'Hello Bob', cc: [{ email: 'eve@example.com' }], customArgs: { n: '2' } },
    { subject: 'Hello', text: 'Hi Ada', customArgs: { n: '1' } },
  ]);
});

describe('refused, as by SendGrid', () => {
  test('a wrong key: 401', async () => {
    useKey('SG.wrong');
    const error = await refusalOf(mail.send(order));
    expect(error.code).toBe(401);
    expect(error.response.body.errors[0]?.message).toBe(
      'The provided authorization grant is invalid, expired, or revoked',
    );
    expect((await kept()).total).toBe(0);
  });

  const post = async (change: object) => {
    const body = {
      personalizations: [{ to: [{ email: 'ada@example.com' }] }],
      from: { email: 'shop@example.com' },
      subject: 'S',
      content: [{ type: 'text/plain', value: 'T' }],
      ...change,
    };
    const response = await fetch(`${bench.url}/v3/mail/send`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${SENDGRID_KEY}` },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    return {
      status: response.status,
      errors: text === '' ? [] : (JSON.parse(text) as { errors: { field: string }[] }).errors,
    };
  };

  test('the plain request of this table is accepted', async () => {
    expect(await post({})).toEqual({ status: 202, errors: [] });
  });

  test.each([
    ['no recipients', { personalizations: [] }, ['personalizations']],
    ['no to', { personalizations: [{ cc: [{ email: 'a@example.com' }] }] }, ['personalizations.0.to']],
    ['a bad address', { personalizations: [{ to: [{ email: 'nobody' }] }] }, ['personalizations.0.to.0.email']],
    [
      'the same address twice',
      { personalizations: [{ to: [{ email: 'a@example.com' }], cc: [{ email: 'A@example.com' }] }] },
      ['personalizations.0'],
    ],
    ['no sender', { from: undefined }, ['from.email']],
    ['no subject', { subject: '' }, ['subject']],
    ['no content', { content: [] }, ['content']],
    ['empty content', { content: [{ type: 'text/plain', value: '' }] }, ['content.0.value']],
    [
      'html before text',
      {
        content: [
          { type: 'text/html', value: 'h' },
          { type: 'text/plain', value: 't' },
        ],
      },
      ['content'],
    ],
    ['eleven categories', { categories: Array.from({ length: 11 }, (_, n) => `c${n}`) }, ['categories']],
    ['a number as custom arg', { custom_args: { n: 1 } }, ['custom_args.n']],
    ['a reserved header', { headers: { Subject: 'x' } }, ['headers.Subject']],
    [
      'an attachment that is not base64',
      { attachments: [{ content: '%', filename: 'a.pdf' }] },
      ['attachments.0.content'],
    ],
    ['scheduled in four days', { send_at: Math.floor(Date.now() / 1000) + 4 * 86_400 }, ['send_at']],
    ['two faults at once', { subject: '', content: [] }, ['content', 'subject']],
  ])('%s: 400 with its field, and nothing is kept', async (_, change, fields) => {
    const { status, errors } = await post(change);
    expect(status).toBe(400);
    expect(errors.map((error) => error.field)).toEqual(fields);
    expect((await kept()).total).toBe(0);
  });

  test('sandbox mode checks and delivers nothing', async () => {
    expect(await post({ mail_settings: { sandbox_mode: { enable: true } } })).toEqual({ status: 200, errors: [] });
    expect((await kept()).total).toBe(0);
  });
});

test('500 three times, then accepted: kept once', async () => {
  await bench.control('POST', '/faults', { provider: 'sendgrid', kind: 'error', times: 3 });
  for (let n = 0; n < 3; n += 1) expect((await refusalOf(mail.send(order))).code).toBe(500);
  await mail.send(order);
  expect((await kept('?arg.eventId=evt_1')).total).toBe(1);
});

test('accepted without an answer: a retry makes a second mail, which the event id shows', async () => {
  await bench.control('POST', '/faults', { provider: 'sendgrid', kind: 'close' });
  await refusalOf(mail.send(order));
  await mail.send(order);
  expect((await kept('?arg.eventId=evt_1')).total).toBe(2);
});
