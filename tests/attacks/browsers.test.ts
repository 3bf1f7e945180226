import { type Shop, shopOfRun } from '../e2e/shop.js';
import { type Edge, post, startEdge } from './attackShop.js';

let shop: Shop;
/** As on the internet: production, one known origin. */
let edge: Edge;
beforeAll(async () => {
  shop = await shopOfRun();
  edge = await startEdge(shop, {
    production: true,
    consoleEnabled: false,
    rateLimitFactor: 1_000,
    corsOrigins: ['https://shop.example'],
    persistedOperations: 'prefer',
    demoAccounts: [],
  });
}, 240_000);
afterAll(() => edge?.close());

const QUERY = '{"query":"{ me { id } }"}';
const LOGIN = 'mutation { sessionCreate(email: "a@b.example", password: "x") { accessToken } }';

test.each<[string, (url: string) => Promise<Response>]>([
  [
    'an answer',
    (url) => fetch(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: QUERY }),
  ],
  [
    'a refused token',
    (url) =>
      fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'Bearer x' },
        body: QUERY,
      }),
  ],
  [
    'a malformed body',
    (url) => fetch(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{' }),
  ],
  [
    'a body that is too large',
    (url) =>
      fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: `"${'x'.repeat(300_000)}"`,
      }),
  ],
  ['an unknown address', (url) => fetch(`${url}/.env`)],
  ['an image that is not there', (url) => fetch(`${url}/media/none.png`)],
  ['health', (url) => fetch(`${url}/health/live`)],
  ['a webhook without a signature', (url) => fetch(`${url}/webhooks/stripe`, { method: 'POST', body: '{}' })],
])('every answer has the security headers: %s', async (_what, send) => {
  const { headers } = await send(edge.url);
  expect(
    Object.fromEntries(
      ['x-content-type-options', 'x-frame-options', 'referrer-policy', 'cross-origin-opener-policy'].map((name) => [
        name,
        headers.get(name),
      ]),
    ),
  ).toEqual({
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
  });
  expect(headers.get('strict-transport-security')).toBe('max-age=31536000; includeSubDomains');
  expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(headers.get('x-request-id')).toMatch(/^req_/);
  for (const name of ['server', 'x-powered-by', 'x-souk-statements', 'via']) expect(headers.get(name)).toBeNull();
});

test.each([
  'https://evil.example',
  'http://shop.example',
  'https://shop.example.evil.example',
  'https://evilshop.example',
  'https://shop.example:8443',
  'https://shop.example.',
  'null',
  'http://localhost:3000',
  'http://127.0.0.1:4000',
  'file://',
])('CORS: the origin %s gets no permission, neither by preflight nor by an answer', async (origin) => {
  const preflight = await fetch(`${edge.url}/graphql`, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,authorization',
    },
  });
  const answer = await fetch(`${edge.url}/graphql`, {
    method: 'POST',
    headers: { origin, 'content-type': 'application/json' },
    body: QUERY,
  });
  for (const { headers } of [preflight, answer]) {
    expect(headers.get('access-control-allow-origin')).toBeNull();
  }
});

test('CORS: the configured origin gets permission for itself alone, and caches are told that it depends', async () => {
  const { headers } = await fetch(`${edge.url}/graphql`, {
    method: 'POST',
    headers: { origin: 'https://shop.example', 'content-type': 'application/json' },
    body: QUERY,
  });
  expect(headers.get('access-control-allow-origin')).toBe('https://shop.example');
  expect(headers.get('vary')).toMatch(/origin/i);
});

test.each([
  ['text/plain', LOGIN],
  ['application/x-www-form-urlencoded', `query=${encodeURIComponent(LOGIN)}`],
  ['multipart/form-data; boundary=x', `--x\r\nContent-Disposition: form-data; name="query"\r\n\r\n${LOGIN}\r\n--x--`],
  ['text/plain; application/json', JSON.stringify({ query: LOGIN })],
  ['', JSON.stringify({ query: LOGIN })],
])('CSRF: a simple request of another site (%s) is refused and executes nothing', async (type, body) => {
  const answer = await fetch(`${edge.url}/graphql`, {
    method: 'POST',
    headers: type === '' ? {} : { 'content-type': type },
    body: type === '' ? new Blob([body]) : body,
  });
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
  expect(await answer.text()).not.toContain('accessToken');
});

test('CSRF: a GET without the header that makes it preflighted is refused, and no GET changes anything', async () => {
  const query = encodeURIComponent('{ me { id } }');
  expect((await fetch(`${edge.url}/graphql?query=${query}`)).status).toBe(400);
  const mutation = await fetch(`${edge.url}/graphql?query=${encodeURIComponent(LOGIN)}`, {
    headers: { 'apollo-require-preflight': '1' },
  });
  expect(mutation.status).toBe(405);
});

test('production shows no schema, suggests no names, and has no page, plan or console', async () => {
  const introspection = await post(edge.graphql, { query: '{ __schema { types { name } } }' });
  expect([introspection.status, introspection.json.data]).toEqual([400, undefined]);
  const typed = await post(edge.graphql, { query: '{ __type(name: "User") { name } }' });
  expect(typed.json.data).toBeUndefined();
  const suggestion = await post(edge.graphql, { query: '{ produkts { totalCount } }' });
  expect(suggestion.status).toBe(400);
  expect(suggestion.text).not.toMatch(/did you mean|"products"/i);
  const suggested = await post(edge.graphql, { query: '{ products { totalCoun } }' });
  expect(suggested.text).not.toMatch(/did you mean|totalCount/i);
  const page = await fetch(edge.graphql, { headers: { accept: 'text/html' } });
  expect(await page.text()).not.toMatch(/<html|<script/i);
  expect((await fetch(`${edge.url}/console`)).status).toBe(404);
  const planned = await post(edge.graphql, { query: '{ me { id } }' }, { 'apollo-query-plan-experimental': '1' });
  expect(planned.text).not.toContain('queryPlan');
});

test('production answers operations of the allow-list only, by default', async () => {
  const { loadGatewayConfig } = await import('../../gateway/src/config.js');
  const { persistedOperations } = loadGatewayConfig({ ...shop.env, NODE_ENV: 'production', PORT: '0' });
  expect(persistedOperations).toBe('only');
  const strict = await startEdge(shop, { production: true, persistedOperations, rateLimitFactor: 1_000 });
  try {
    expect((await post(strict.graphql, { query: '{ me { id email } }' })).status).toBe(400);
    expect((await post(strict.graphql, { query: '{ __typename }' })).status).toBe(400);
    const unknown = await post(strict.graphql, { documentId: `sha256:${'0'.repeat(64)}` });
    expect([unknown.status, unknown.json.data]).toEqual([400, undefined]);
  } finally {
    await strict.close();
  }
});

test('metrics are for those inside: who comes through a proxy finds nothing there', async () => {
  expect((await fetch(`${edge.url}/metrics`)).status).toBe(200);
  for (const headers of [{ 'x-forwarded-for': '198.51.100.7' }, { forwarded: 'for=198.51.100.7' }]) {
    const answer = await fetch(`${edge.url}/metrics`, { headers });
    expect(answer.status).toBe(404);
    expect(await answer.text()).not.toContain('souk_');
    const ready = await fetch(`${edge.url}/health/ready`, { headers });
    expect(await ready.text()).not.toMatch(/user|order|payment/);
  }
});
