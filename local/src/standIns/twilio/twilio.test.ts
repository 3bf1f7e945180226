import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import twilio from 'twilio';
import { ACCOUNT_SID, AUTH_TOKEN, startForTest, type TestBench } from '../testing/startForTest.js';
import { segments } from './renderMessage.js';

let bench: TestBench;
beforeAll(async () => {
  bench = await startForTest();
});
afterAll(() => bench.close());
beforeEach(async () => {
  await bench.control('POST', '/reset', {});
});

/** The SDK has no base URL: it is given an HTTP client that calls another origin. */
function httpClientAt(url: string): InstanceType<typeof twilio.RequestClient> {
  const real = new twilio.RequestClient({ timeout: 2_000 });
  const request: typeof real.request = (options) => {
    const { pathname, search } = new URL(options.uri);
    return real.request({ ...options, uri: `${url}${pathname}${search}` });
  };
  return Object.assign(new twilio.RequestClient(), { request });
}
const client = (token = AUTH_TOKEN) => twilio(ACCOUNT_SID, token, { httpClient: httpClientAt(bench.url) });
const text = { to: '+4915112345678', from: '+15005550006', body: 'Your order 1001 is on its way' };
const kept = async (query = '') =>
  (await bench.control('GET', `/messages${query}`)) as { total: number; messages: Record<string, unknown>[] };
const refusalOf = (promise: Promise<unknown>) =>
  promise.then(
    () => {
      throw new Error('It was accepted.');
    },
    (error: { status: number; code: number; message: string; moreInfo: string }) => error,
  );

test('an accepted text is answered in the shape of Twilio and kept', async () => {
  const message = await client().messages.create(text);
  expect(message).toMatchObject({
    status: 'queued',
    direction: 'outbound-api',
    numSegments: '1',
    errorCode: null,
    ...text,
  });
  expect(message.sid).toMatch(/^SM[0-9a-f]{32}$/);
  expect(message.dateCreated.getTime()).toBeGreaterThan(Date.now() - 10_000);
  expect(await kept()).toMatchObject({ total: 1, messages: [{ id: message.sid, ...text }] });
  expect(await client().messages(message.sid).fetch()).toMatchObject({ sid: message.sid, status: 'delivered' });
});

test('texts are listed, newest first, by recipient and page', async () => {
  for (let n = 1; n <= 3; n += 1) await client().messages.create({ ...text, body: `text ${n}` });
  await client().messages.create({ ...text, to: '+4915100000000' });
  const listed = await client().messages.list({ to: text.to, pageSize: 2 });
  expect(listed.map((message) => message.body)).toEqual(['text 3', 'text 2', 'text 1']);
  expect((await kept(`?to=${encodeURIComponent(text.to)}`)).total).toBe(3);
});

test.each([
  [{ to: '' }, 21604],
  [{ to: '12345' }, 21211],
  [{ to: '+15005550001' }, 21211],
  [{ to: '+15005550009' }, 21614],
  [{ to: '+15005550004' }, 21610],
  [{ from: '' }, 21603],
  [{ from: 'not a sender at all' }, 21212],
  [{ body: '' }, 21602],
  [{ body: 'x'.repeat(1_601) }, 21617],
])('%j is refused with code %i, and nothing is kept', async (change, code) => {
  const error = await refusalOf(client().messages.create({ ...text, ...change }));
  expect(error).toMatchObject({ status: 400, code, moreInfo: `https://www.twilio.com/docs/errors/${code}` });
  expect((await kept()).total).toBe(0);
});

test('wrong credentials are 401 (20003), an unknown message is 404 (20404)', async () => {
  expect(await refusalOf(client('wrong').messages.create(text))).toMatchObject({ status: 401, code: 20003 });
  expect(
    await refusalOf(
      client()
        .messages(`SM${'0'.repeat(32)}`)
        .fetch(),
    ),
  ).toMatchObject({ status: 404, code: 20404 });
  expect((await kept()).total).toBe(0);
});

test('500 twice, then accepted: kept once', async () => {
  await bench.control('POST', '/faults', { provider: 'twilio', kind: 'error', status: 503, times: 2 });
  expect(await refusalOf(client().messages.create(text))).toMatchObject({ status: 503 });
  expect(await refusalOf(client().messages.create(text))).toMatchObject({ status: 503 });
  await client().messages.create(text);
  expect((await kept()).total).toBe(1);
});

test('long texts and other alphabets take more parts', () => {
  expect(segments('x'.repeat(160))).toBe(1);
  expect(segments('x'.repeat(161))).toBe(2);
  expect(segments('ж'.repeat(70))).toBe(1);
  expect(segments('ж'.repeat(71))).toBe(2);
});
