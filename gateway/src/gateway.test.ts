import { request as httpRequest } from 'node:http';
import { startToyShop, type ToyAnswer, type ToyShop } from './testing/toyShop.js';

let shop: ToyShop;

beforeAll(async () => {
  shop = await startToyShop();
});
afterAll(() => shop.close());
beforeEach(() => {
  shop.calls.resolved.length = 0;
  shop.calls.viewers.length = 0;
  shop.calls.clients.length = 0;
  shop.calls.hooks.length = 0;
  shop.calls.documents.length = 0;
  shop.calls.exports.length = 0;
});

const codes = (body: unknown) => ((body as ToyAnswer['body']).errors ?? []).map((error) => error.extensions?.code);

describe('federated queries', () => {
  test('fields of two subgraphs come back in one answer', async () => {
    const { status, body, headers } = await shop.post({ query: '{ products(first: 2) { id name inWishlist } }' });
    expect(body).toEqual({
      data: {
        products: [
          { id: 'prd_0', name: 'Product prd_0', inWishlist: true },
          { id: 'prd_1', name: 'Product prd_1', inWishlist: true },
        ],
      },
    });
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  test('the request id of the client stands in the answer and reaches the subgraphs; none is invented twice', async () => {
    const { headers, body } = await shop.post({ query: '{ broken }' }, { 'x-request-id': 'click-12345678' });
    expect(headers.get('x-request-id')).toBe('click-12345678');
    expect(body.errors?.[0]?.extensions?.requestId).toBe('click-12345678');
    const other = await shop.post({ query: '{ cartName }' });
    expect(other.headers.get('x-request-id')).toMatch(/^req_/);
  });

  test('the statements of all subgraphs are summed in a header of the answer', async () => {
    const { headers } = await shop.post({ query: '{ products { inWishlist } }' });
    expect(headers.get('x-souk-statements')).toBe('0');
  });

  test('a GET query works with the header that keeps other sites from sending it', async () => {
    const url = `${shop.url}/graphql?query=${encodeURIComponent('{ cartName }')}`;
    const answered = await fetch(url, { headers: { 'apollo-require-preflight': '1' } });
    expect(await answered.json()).toEqual({ data: { cartName: 'basket' } });

    shop.calls.resolved.length = 0;
    const refused = await fetch(url);
    expect(refused.status).toBe(400);
    expect(codes(await refused.json())).toEqual(['BAD_REQUEST']);
    expect(shop.calls.resolved).toEqual([]);
  });

  test('a GET mutation is refused', async () => {
    const query = encodeURIComponent('mutation { sessionCreate(email: "a", password: "b") }');
    const answer = await fetch(`${shop.url}/graphql?query=${query}`, { headers: { 'apollo-require-preflight': '1' } });
    expect(answer.status).toBe(405);
    expect(shop.calls.resolved).toEqual([]);
  });
});

describe('who is asking', () => {
  test('a request without a token is a guest', async () => {
    expect((await shop.post({ query: '{ whoami }' })).body).toEqual({ data: { whoami: 'anonymous' } });
  });

  test('a valid token makes its user the viewer of every subgraph, with its scopes', async () => {
    const token = await shop.token({ scopes: ['inventory:read'] });
    const { body } = await shop.post({ query: '{ whoami stock }' }, { authorization: `Bearer ${token}` });
    expect(body).toEqual({ data: { whoami: 'usr_1', stock: 7 } });
    expect(shop.calls.viewers).toEqual([
      { kind: 'user', userId: 'usr_1', sessionId: 'ses_1', roles: ['CUSTOMER'], scopes: ['inventory:read'] },
    ]);
  });

  test('a field that needs a scope is null for who has none, and says so', async () => {
    const { body, status } = await shop.post({ query: '{ stock cartName }' });
    expect(body.data).toEqual({ stock: null, cartName: 'basket' });
    expect(body.errors).toEqual([expect.objectContaining({ message: 'Sign in to do this.', path: ['stock'] })]);
    expect(codes(body)).toEqual(['UNAUTHENTICATED']);
    expect(status).toBe(200);
  });

  test('a token cannot give service scopes', async () => {
    const token = await shop.token({ scopes: ['service', 'service:order', 'orders:read'] });
    await shop.post({ query: '{ whoami }' }, { authorization: `Bearer ${token}` });
    expect(shop.calls.viewers).toEqual([expect.objectContaining({ kind: 'user', scopes: ['orders:read'] })]);
  });

  test.each([
    ['expired', { expiresIn: '-1m' }],
    ['signed by another key', { foreignKey: true }],
    ['of another issuer', { issuer: 'elsewhere' }],
    ['for another audience', { audience: 'elsewhere' }],
    ['of another type', { type: 'JWT' }],
  ])('a token that is %s is refused with 401 and nothing is executed', async (_what, options) => {
    const authorization = `Bearer ${await shop.token(options)}`;
    const { status, body, headers } = await shop.post({ query: '{ whoami }' }, { authorization });
    expect(status).toBe(401);
    expect(codes(body)).toEqual(['UNAUTHENTICATED']);
    expect(headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    expect(shop.calls.resolved).toEqual([]);
  });

  test.each(['Bearer garbage', 'Basic dXNlcjpwYXNz', `Bearer ${'a.'.repeat(5_000)}`, 'Bearer e30.e30.e30'])(
    'the header %.20s is refused with 401 and nothing is executed',
    async (authorization) => {
      const { status, body } = await shop.post({ query: '{ whoami }' }, { authorization });
      expect([status, codes(body)]).toEqual([401, ['UNAUTHENTICATED']]);
      expect(shop.calls.resolved).toEqual([]);
    },
  );

  test('identity headers of a client are dropped', async () => {
    const { body } = await shop.post(
      { query: '{ whoami }' },
      { 'x-souk-identity': 'forged.forged', 'x-user-id': 'usr_admin', 'x-souk-client-ip': '6.6.6.6' },
    );
    expect(body).toEqual({ data: { whoami: 'anonymous' } });
    expect(shop.calls.clients).toEqual([expect.objectContaining({ ip: '127.0.0.1' })]);
  });

  test("the client's address and agent reach the subgraphs inside the signed identity", async () => {
    await shop.post({ query: '{ whoami }' }, { 'user-agent': 'SoukTest/1', 'x-forwarded-for': '6.6.6.6' });
    expect(shop.calls.clients).toEqual([{ ip: '127.0.0.1', userAgent: 'SoukTest/1' }]);
  });
});

describe('what never leaks', () => {
  test('the message of a failing resolver is replaced and its request id given', async () => {
    const { text, body } = await shop.post({ query: '{ broken cartName }' });
    expect(body.data).toEqual({ broken: null, cartName: 'basket' });
    expect(codes(body)).toEqual(['INTERNAL_SERVER_ERROR']);
    expect(text).not.toMatch(/ECONNREFUSED|SELECT|10\.0\.0|serviceName|stack/);
    expect(Object.keys(body.errors?.[0]?.extensions ?? {})).toEqual(['code', 'requestId']);
  });

  test.each([
    ['a variable', 'mutation M($p: String!) { sessionCreate(email: "a", password: $p) }', { p: { v: 'hunter2' } }],
    [
      'a field of an input',
      'mutation M($i: CredentialsInput!) { credentialsSet(input: $i) }',
      { i: { email: 'a', password: ['hunter2'], tries: 'hunter2' } },
    ],
    ['an undeclared field', 'mutation M($i: CredentialsInput!) { credentialsSet(input: $i) }', { i: { hunter2: 1 } }],
    ['a missing variable', 'mutation M($p: String!) { sessionCreate(email: "hunter2", password: $p) }', {}],
  ])('%s of the wrong type is a 400 that does not repeat the value', async (_what, query, variables) => {
    const { status, body, text } = await shop.post({ query, variables });
    expect(status).toBe(400);
    expect(new Set(codes(body))).toEqual(new Set(['BAD_USER_INPUT']));
    expect(text).not.toContain('hunter2');
    expect(shop.calls.resolved).toEqual([]);
  });
});

describe('a malformed request gets a 4xx in the shape of GraphQL and changes nothing', () => {
  test.each<[string, unknown, Record<string, string>]>([
    ['a body that is not JSON', '{"query": ', {}],
    ['an empty body', '', {}],
    ['a body of null', 'null', {}],
    ['an array of operations', [{ query: '{ whoami }' }], {}],
    ['a query that is no text', { query: 5 }, {}],
    ['variables that are an array', { query: '{ whoami }', variables: [] }, {}],
    ['a syntax error', { query: '{ whoami' }, {}],
    ['an unknown field', { query: '{ nothing }' }, {}],
    ['several operations without a name', { query: 'query A { whoami } query B { whoami }' }, {}],
    ['an unknown operation name', { query: 'query A { whoami }', operationName: 'C' }, {}],
    ['fragments alone', { query: 'fragment F on Product { id }' }, {}],
    ['a subscription', { query: 'subscription { whoami }' }, {}],
    ['a persisted query that is null', { query: '{ whoami }', extensions: { persistedQuery: null } }, {}],
    ['a persisted query that is text', { query: '{ whoami }', extensions: { persistedQuery: 'x' } }, {}],
    ['a persisted query without a hash', { extensions: { persistedQuery: { version: 1 } } }, {}],
    ['a hash that is a number', { extensions: { persistedQuery: { version: 1, sha256Hash: 4 } } }, {}],
    ['another content type', '{"query":"{ whoami }"}', { 'content-type': 'text/plain' }],
    ['another content type past the CSRF check', 'x', { 'content-type': 'text/xml', 'apollo-require-preflight': '1' }],
    ['nesting without end', { query: `{ products ${'{ related '.repeat(20)}{ id }${' }'.repeat(20)} }` }, {}],
    ['a hundred logins', { query: `mutation { ${logins(100)} }` }, {}],
    ['too many tokens', { query: `{ ${'whoami '.repeat(4_000)} }` }, {}],
    ['a body over 256 KB', { query: '{ whoami }', variables: { pad: 'x'.repeat(300_000) } }, {}],
  ])('%s', async (_what, sent, headers) => {
    const { status, body } = await shop.post(sent, headers);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(body.errors?.length).toBeGreaterThan(0);
    expect(body.errors?.[0]?.extensions?.code).not.toBe('INTERNAL_SERVER_ERROR');
    expect(body.errors?.[0]?.extensions?.requestId).toBeDefined();
    expect(body.data).toBeUndefined();
    expect(shop.calls.resolved).toEqual([]);
  });

  test.each(['[', 'a b', '%', 'x:99999', '[::1'])('the Host header %s', async (host) => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const { port } = new URL(shop.url);
      httpRequest(
        { port, path: '/graphql', method: 'POST', headers: { host, 'content-type': 'application/json' } },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        },
      )
        .on('error', reject)
        .end('{"query":"{ whoami }"}');
    });
    expect(status).toBeLessThan(500);
  });

  test('an unknown address', async () => {
    const answer = await fetch(`${shop.url}/admin`);
    expect([answer.status, codes(await answer.json())]).toEqual([404, ['NOT_FOUND']]);
  });
});

const DOCUMENT = 'rcp_01kapm0000abcdefghjkmnpqrs';

function logins(count: number): string {
  return Array.from({ length: count }, (_, i) => `a${i}: sessionCreate(email: "a", password: "${i}")`).join(' ');
}

describe('beside GraphQL', () => {
  test('a webhook reaches the payment service byte for byte, with its signature and without anything else', async () => {
    const body = '{ "id":"evt_1",\n "amount":  1.0 }';
    const answer = await fetch(`${shop.url}/webhooks/stripe`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'stripe-signature': 't=1,v1=abc',
        authorization: 'Bearer x',
        'x-souk-identity': 'forged',
      },
      body,
    });
    expect([answer.status, await answer.json()]).toEqual([200, { received: true }]);
    expect(shop.calls.hooks).toHaveLength(1);
    expect(shop.calls.hooks[0]?.body).toBe(body);
    expect(shop.calls.hooks[0]?.headers).toMatchObject({ 'stripe-signature': 't=1,v1=abc' });
    expect(shop.calls.hooks[0]?.headers).not.toHaveProperty('authorization');
    expect(shop.calls.hooks[0]?.headers).not.toHaveProperty('x-souk-identity');
  });

  test.each([
    '/webhooks/..%2Fgraphql',
    '/webhooks/STRIPE',
    '/media/..%2F..%2Fgraphql',
    '/media/a//b',
    '/media/none.svg',
    '/documents/..%2Fmetrics?expires=1&signature=a',
    `/documents/${DOCUMENT}.exe?expires=1&signature=a`,
    `/documents/${DOCUMENT}.pdf`,
    `/documents/${DOCUMENT}.pdf?expires=1&signature=a&signature=b`,
    '/exports/orders/short',
    `/exports/orders/${'a'.repeat(42)}%2F`,
    `/exports/orders/ended${'a'.repeat(38)}`,
  ])('%s leads nowhere', async (path) => {
    const answer = await fetch(
      `${shop.url}${path}`,
      path.startsWith('/webhooks') ? { method: 'POST', body: '{}' } : {},
    );
    expect(answer.status).toBe(404);
  });

  test('an oversized webhook is refused', async () => {
    const answer = await fetch(`${shop.url}/webhooks/stripe`, { method: 'POST', body: 'x'.repeat(300_000) });
    expect(answer.status).toBe(413);
    expect(shop.calls.hooks).toEqual([]);
  });

  test('an image is streamed with its validators, cacheable, and cannot run scripts', async () => {
    const url = `${shop.url}/media/products/shirt.svg`;
    const answer = await fetch(url);
    expect(await answer.text()).toContain('<svg');
    expect(answer.headers.get('content-type')).toContain('image/svg+xml');
    expect(answer.headers.get('cache-control')).toBe('public, max-age=60');
    expect(answer.headers.get('content-security-policy')).toContain('sandbox');
    const again = await fetch(url, { headers: { 'if-none-match': answer.headers.get('etag') ?? '' } });
    expect(again.status).toBe(304);
  });

  test('a document is fetched by its link alone, and shown as the payment service says', async () => {
    const path = `/documents/${DOCUMENT}.pdf?expires=1795358424&signature=abc_-1`;
    const answer = await fetch(`${shop.url}${path}`, { headers: { authorization: 'Bearer x', cookie: 'a=b' } });
    expect([answer.status, await answer.text()]).toEqual([200, '%PDF-1.3']);
    expect(answer.headers.get('content-disposition')).toBe('inline; filename="SOUK-2026-000001.pdf"');
    expect(answer.headers.get('cache-control')).toBe('private, no-store');
    expect(answer.headers.get('x-of-the-service')).toBeNull();
    expect(shop.calls.documents.map(({ url }) => url)).toEqual([path]);
    expect(shop.calls.documents[0]?.headers).not.toHaveProperty('authorization');
    expect(shop.calls.documents[0]?.headers).not.toHaveProperty('cookie');
  });

  test('a download of orders is fetched by its link alone, and nothing of the request goes with it', async () => {
    const path = `/exports/orders/${'a'.repeat(43)}`;
    const answer = await fetch(`${shop.url}${path}?x=1`, { headers: { authorization: 'Bearer x', cookie: 'a=b' } });
    expect([answer.status, await answer.text()]).toEqual([200, 'orderNumber']);
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="orders.csv"');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-of-the-service')).toBeNull();
    expect(shop.calls.exports.map(({ url }) => url)).toEqual([path]);
    expect(shop.calls.exports[0]?.headers).not.toHaveProperty('authorization');
    expect(shop.calls.exports[0]?.headers).not.toHaveProperty('cookie');
  });

  test('a link to a document that has ended is refused, with a word about what to do', async () => {
    const answer = await fetch(`${shop.url}/documents/${DOCUMENT}.pdf?expires=1&signature=ended`);
    const body = (await answer.json()) as { errors: { message: string; extensions: { code: string } }[] };
    expect([answer.status, body.errors[0]?.extensions.code]).toEqual([403, 'FORBIDDEN']);
    expect(body.errors[0]?.message).toContain('Ask for a new one');
  });

  test('dead subgraphs are named by /health/ready, which stays ready', async () => {
    const answer = await fetch(`${shop.url}/health/ready`);
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok', degraded: ['user', 'notification'] }]);
  });

  test('browsers of configured origins may call, others get no permission', async () => {
    const preflight = (origin: string) =>
      fetch(`${shop.url}/graphql`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
      });
    expect((await preflight('https://shop.example')).headers.get('access-control-allow-origin')).toBe(
      'https://shop.example',
    );
    expect((await preflight('http://localhost:3000')).headers.get('access-control-allow-origin')).toBe(
      'http://localhost:3000',
    );
    for (const origin of ['https://evil.example', 'http://localhost.evil.example', 'null']) {
      expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  test('development answers a browser on /graphql with the Sandbox, and every answer has security headers', async () => {
    const page = await fetch(`${shop.url}/graphql`, { headers: { accept: 'text/html' } });
    expect(await page.text()).toContain('embeddable-sandbox');
    const { headers } = await shop.post({ query: '{ whoami }' });
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
  });
});

describe('limits', () => {
  let strict: ToyShop;
  beforeAll(async () => {
    strict = await startToyShop({ rateLimitFactor: 0.1 });
  });
  afterAll(() => strict.close());

  test('the third login of an address within a minute is refused with 429, and is not executed; reading goes on', async () => {
    const login = { query: 'mutation { sessionCreate(email: "a@b.c", password: "x") }' };
    expect([(await strict.post(login)).status, (await strict.post(login)).status]).toEqual([200, 200]);
    const { status, headers, body } = await strict.post(login);
    expect(status).toBe(429);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(body.errors?.[0]?.extensions?.code).toBe('RATE_LIMITED');
    expect(body.data).toBeUndefined();
    expect(strict.calls.resolved.filter((name) => name === 'sessionCreate')).toHaveLength(2);
    expect((await strict.post({ query: '{ whoami }' })).body).toEqual({ data: { whoami: 'anonymous' } });
  });

  test('two logins in one request are refused before either is tried', async () => {
    const before = strict.calls.resolved.length;
    const { status, body } = await strict.post({
      query:
        'mutation { a: sessionCreate(email: "a@b.c", password: "x") b: sessionCreate(email: "a@b.c", password: "y") }',
    });
    expect(status).toBe(400);
    expect(body.errors?.[0]?.message).toMatch(/several fields of the kind "credentials"/);
    expect(strict.calls.resolved).toHaveLength(before);
  });

  test('a page of 101 is refused and names the limit, one of 100 is not', async () => {
    const page = (first: number) =>
      strict.post({ query: 'query ($n: Int) { products(first: $n) { id } }', variables: { n: first } });
    expect((await page(100)).status).toBe(200);
    const { status, body } = await page(101);
    expect([status, body.errors?.[0]?.message]).toEqual([400, expect.stringContaining('maxPageSize')]);
  });

  test('an address that calls too often gets 429 before its request is read', async () => {
    const answers = await Promise.all(Array.from({ length: 150 }, () => strict.post('not even JSON')));
    const late = answers.filter(({ status }) => status === 429);
    expect(late.length).toBeGreaterThan(20);
    expect(late[0]?.body.errors?.[0]?.extensions?.code).toBe('RATE_LIMITED');
  });
});

test('an address that a client claims in X-Forwarded-For is believed from a known proxy only', async () => {
  const claim = { 'x-forwarded-for': '198.51.100.7, 203.0.113.9' };
  const seenBy = async (trustProxy: number | string[]) => {
    const one = await startToyShop({ trustProxy });
    await one.post({ query: '{ whoami }' }, claim);
    await one.close();
    return (one.calls.clients.at(-1) as { ip: string }).ip;
  };
  expect(await seenBy(0)).toBe('127.0.0.1');
  expect(await seenBy(1)).toBe('203.0.113.9');
  expect(await seenBy(['127.0.0.1', '203.0.113.0/24'])).toBe('198.51.100.7');
  expect(await seenBy(['10.0.0.0/8'])).toBe('127.0.0.1');
});
