import { request } from 'node:http';
import { startToyShop, type ToyShop } from '../testing/toyShop.js';

let shop: ToyShop;
beforeAll(async () => {
  shop = await startToyShop();
});
afterAll(() => shop.close());
beforeEach(() => {
  shop.calls.resolved.length = 0;
});

const send = (headers: Record<string, string | string[]>, path = '/graphql', method = 'POST') =>
  new Promise<number | undefined>((resolve, reject) => {
    const options = {
      port: new URL(shop.url).port,
      path,
      method,
      headers: { 'content-type': 'application/json', ...headers },
    };
    request(options, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .on('error', reject)
      .end(method === 'POST' ? '{"query":"{ whoami }"}' : undefined);
  });

test('two Authorization headers are refused, and nothing is executed; one is not', async () => {
  const token = `Bearer ${await shop.token()}`;
  expect(await send({ authorization: token })).toBe(200);
  shop.calls.resolved.length = 0;
  // A list is several header lines.
  expect(await send({ Authorization: [token, 'Bearer x'] })).toBe(401);
  expect(shop.calls.resolved).toEqual([]);
});

test('a body that would have to be unpacked is refused; identity says that it need not be', async () => {
  expect(await send({ 'content-encoding': 'gzip' })).toBe(415);
  expect(await send({ 'content-encoding': 'identity' })).toBe(200);
});

test('metrics and what is away are not shown to whoever came through a proxy; that the process lives is', async () => {
  for (const path of ['/metrics', '/health/ready']) {
    expect([await send({}, path, 'GET'), await send({ 'x-forwarded-for': '198.51.100.7' }, path, 'GET')]).toEqual([
      200, 404,
    ]);
  }
  expect(await send({ 'x-forwarded-for': '198.51.100.7' }, '/health/live', 'GET')).toBe(200);
});

test.each([
  ['a variable', { query: 'query ($a: String) { cursor(after: $a) }', variables: { a: 'a\0b' } }],
  ['a literal', { query: '{ cursor(after: "\\u0000") }' }],
  ['half a surrogate pair', { query: 'query ($a: String) { cursor(after: $a) }', variables: { a: '\ud800' } }],
])('U+0000 in %s is the client’s mistake', async (_where, body) => {
  const { status, body: answer } = await shop.post(body);
  expect([status, answer.errors?.[0]?.extensions?.code]).toEqual([400, 'BAD_USER_INPUT']);
  expect(shop.calls.resolved).toEqual([]);
});

test('U+0000 is refused in a GET, too', async () => {
  const query = encodeURIComponent('query ($a: String) { cursor(after: $a) }');
  const variables = encodeURIComponent('{"a":"\\u0000"}');
  const answer = await fetch(`${shop.url}/graphql?query=${query}&variables=${variables}`, {
    headers: { 'apollo-require-preflight': '1' },
  });
  expect(answer.status).toBe(400);
  expect(shop.calls.resolved).toEqual([]);
});
