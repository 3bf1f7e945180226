import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ProviderRefused, ProviderUnavailable } from '../../app/ports.js';
import { createPaypalApi } from './paypalApi.js';

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
