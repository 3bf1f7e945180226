import { connect, type Socket } from 'node:net';
import { createLogger } from '@souk/runtime';
import { eventually } from '@souk/testkit';
import { startToyShop, type ToyShop } from '../testing/toyShop.js';

let shop: ToyShop;
const lines: Record<string, unknown>[] = [];
beforeAll(async () => {
  const logger = createLogger('gateway', 'trace', {
    write(line: string) {
      lines.push(JSON.parse(line));
    },
  });
  shop = await startToyShop({ production: true, clientTimeoutMs: 1_000 }, logger);
});
afterAll(() => shop.close());
beforeEach(() => {
  lines.length = 0;
});

const port = (of: ToyShop) => Number(new URL(of.url).port);

/** Writes to the endpoint as no HTTP client would, and reads until it hangs up. */
function raw(text: string, of = shop): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port(of), '127.0.0.1', () => socket.write(text));
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
    socket.setTimeout(10_000, () => reject(new Error('the connection was kept')));
  });
}

describe('what never becomes a request', () => {
  test.each([
    ['no HTTP at all', 'EHLO shop.example\r\n\r\n', '400 Bad Request'],
    ['another method of another world', 'FROB / HTTP/1.1\r\nhost: a\r\n\r\n', '400 Bad Request'],
    [
      'two lengths',
      'POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
      '400 Bad Request',
    ],
    [
      'a length and chunks',
      'POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n',
      '400 Bad Request',
    ],
    [
      'headers of 20 KB',
      `GET / HTTP/1.1\r\nhost: a\r\nx-big: ${'x'.repeat(20_000)}\r\n\r\n`,
      '431 Request Header Fields Too Large',
    ],
    [
      'a body that does not come',
      'POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n{',
      '408 Request Timeout',
    ],
  ])('%s is answered in the shape of GraphQL, with a request id, and hung up on', async (_what, text, status) => {
    const answer = await raw(text);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status}\\r\\n`));
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    const { errors } = JSON.parse(body);
    expect(errors).toEqual([
      { message: expect.any(String), extensions: { code: 'BAD_REQUEST', requestId: expect.stringMatching(/^req_/) } },
    ]);
    expect(head).toContain(`x-request-id: ${errors[0].extensions.requestId}`);
    expect(answer).not.toMatch(/xxxx|EHLO|FROB/);
  });
});

describe('one address', () => {
  const opened = (of: ToyShop): Promise<Socket> =>
    new Promise((resolve, reject) => {
      const socket = connect(port(of), '127.0.0.1', () => resolve(socket));
      socket.on('error', reject);
    });
  const isKept = (socket: Socket) =>
    new Promise<boolean>((resolve) => {
      socket.on('data', () => resolve(true));
      socket.on('close', () => resolve(false));
      socket.on('error', () => resolve(false));
      socket.write('GET /health/live HTTP/1.1\r\nhost: a\r\n\r\n');
    });

  test('has at most so many connections; when one ends, another one may come', async () => {
    const few = await startToyShop({ connectionsPerAddress: 2 });
    const [one, two, three] = [await opened(few), await opened(few), await opened(few)];
    expect(await Promise.all([isKept(one), isKept(two), isKept(three)])).toEqual([true, true, false]);
    one.destroy();
    await eventually(async () => {
      const next = await opened(few);
      expect(await isKept(next)).toBe(true);
      next.destroy();
    });
    two.destroy();
    await few.close();
  });

  test('is the proxy’s behind a proxy: then only all together are counted', async () => {
    const few = await startToyShop({ connectionsPerAddress: 1, trustProxy: 1 });
    const sockets = [await opened(few), await opened(few), await opened(few)];
    expect(await Promise.all(sockets.map(isKept))).toEqual([true, true, true]);
    for (const socket of sockets) socket.destroy();
    await few.close();
  });
});

test.each(['PUT', 'PATCH', 'DELETE'])('%s is no way to send an operation: 405, and what is', async (method) => {
  const answer = await fetch(`${shop.url}/graphql`, { method, body: '{"query":"{ whoami }"}' });
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, POST']);
  expect(await answer.json()).toMatchObject({ errors: [{ extensions: { requestId: expect.any(String) } }] });
});

test('a body that is too large is told how large it may be', async () => {
  const { status, body } = await shop.post(`"${'x'.repeat(262_143)}"`);
  expect([status, body.errors?.[0]?.message]).toEqual([
    413,
    'The body is too large: at most 262144 bytes are allowed.',
  ]);
});

test.each<[string, () => Promise<Response>]>([
  ['200', () => send('{"query":"{ whoami }"}')],
  ['400', () => send('{')],
  ['401', () => send('{"query":"{ whoami }"}', { authorization: 'Bearer x' })],
  ['403', () => send('{"query":"{ whoami }"}', { 'x-souk-session': 'cookie', origin: 'https://evil.example' })],
  ['404', () => fetch(`${shop.url}/nowhere`)],
  ['405', () => fetch(`${shop.url}/graphql`, { method: 'PUT', body: '{}' })],
  ['413', () => send(`"${'x'.repeat(300_000)}"`)],
  ['415', () => send('{}', { 'content-encoding': 'gzip' })],
  [
    '204',
    () =>
      fetch(`${shop.url}/graphql`, {
        method: 'OPTIONS',
        headers: { origin: 'https://shop.example', 'access-control-request-method': 'POST' },
      }),
  ],
  ['200', () => fetch(`${shop.url}/health/live`)],
])('an answer of %s (%#) has a request id of its own', async (status, ask) => {
  const answers = [await ask(), await ask()];
  const ids = answers.map(({ headers }) => headers.get('x-request-id'));
  expect(answers.map((answer) => String(answer.status))).toEqual([status, status]);
  expect(ids).toEqual([expect.stringMatching(/^req_/), expect.stringMatching(/^req_/)]);
  expect(new Set(ids).size).toBe(2);
});
const send = (body: string, headers: Record<string, string> = {}) =>
  fetch(`${shop.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });

test('every line that is logged for a request has its id', async () => {
  const requests = [
    { query: '{ broken }' },
    { query: '{ slow }' }, // longer than the gateway waits
    { query: 'mutation ($p: String!) { sessionCreate(email: "a", password: $p) }', variables: { p: 5 } },
  ];
  const ids: (string | null)[] = [];
  for (const request of requests) {
    const { headers } = await shop.post(request);
    ids.push(headers.get('x-request-id'));
  }
  const told = lines.filter(({ level }) => level === 'warn' || level === 'error');
  expect(told.length).toBeGreaterThan(0);
  expect(told.filter(({ requestId }) => !ids.includes(String(requestId)))).toEqual([]);
  expect(told.map(({ requestId }) => requestId)).toContain(ids[1]);
});

/** Each was, or could be, a 500 of a stock gateway: none is the gateway's mistake. */
test.each<[string, unknown]>([
  ['operationName that is a number', { query: '{ whoami }', operationName: 5 }],
  ['operationName that is a list', { query: '{ whoami }', operationName: ['a'] }],
  ['extensions that are a list', { query: '{ whoami }', extensions: [] }],
  ['extensions that are text', { query: '{ whoami }', extensions: 'x' }],
  ['variables that are text', { query: '{ whoami }', variables: '{}' }],
  ['variables that are a number', { query: '{ whoami }', variables: 1 }],
  ['variables with __proto__', '{"query":"{ whoami }","variables":{"__proto__":{"x":1}},"__proto__":{"y":1}}'],
  ['a body with a constructor', '{"query":"{ whoami }","constructor":{"prototype":{"z":1}}}'],
  ['two operations of one name', { query: 'query A { whoami } query A { whoami }', operationName: 'A' }],
  ['a fragment on nothing', { query: '{ ...F } fragment F on Nothing { id }' }],
  ['fragments in a circle', { query: '{ ...F } fragment F on Query { ...F }' }],
  ['@defer', { query: '{ products { id ... @defer { name } } }' }],
  ['@stream', { query: '{ products @stream(initialCount: 1) { id } }' }],
  ['a type system definition', { query: 'type A { b: Int }' }],
  ['an extension of the schema', { query: 'extend schema { query: Query }' }],
  ['a variable of an unknown type', { query: 'query ($a: Nothing) { whoami }', variables: { a: 1 } }],
  ['a variable of an output type', { query: 'query ($a: Product) { whoami }', variables: { a: {} } }],
  ['a number beyond Int', { query: 'query ($n: Int) { products(first: $n) { id } }', variables: { n: 2 ** 40 } }],
  ['a literal beyond Int', { query: '{ products(first: 99999999999) { id } }' }],
  ['a number that is none', { query: 'query ($n: Int) { products(first: $n) { id } }', variables: { n: 1.5 } }],
  ['an argument given twice', { query: '{ products(first: 1, first: 2) { id } }' }],
  ['conflicting fields', { query: '{ products(first: 1) { id } products(first: 2) { id } }' }],
  ['_entities', { query: '{ _entities(representations: []) { __typename } }' }],
  ['_service', { query: '{ _service { sdl } }' }],
  ['introspection in production', { query: '{ __schema { types { name } } }' }],
  ['a null byte', { query: '{ \u0000whoami }' }],
  ['half a character', '{"query":"{ cursor(after: \\"\\ud800\\") }"}'],
  ['an empty query', { query: '' }],
  ['blanks', { query: '   ' }],
  ['comments', { query: '# nothing' }],
  ['a subscription with a name', { query: 'subscription S { whoami }', operationName: 'S' }],
  ['a mutation and a query without a name', { query: 'mutation M { credentialsSet(input: {}) } query Q { whoami }' }],
])('%s is no 500', async (_what, body) => {
  const answer = await shop.post(body);
  expect(answer.status).toBeLessThan(500);
  expect((answer.body.errors ?? []).map(({ extensions }) => extensions?.code)).not.toContain('INTERNAL_SERVER_ERROR');
  expect(answer.text).not.toMatch(/stack|node_modules|serviceName|127\.0\.0\.1/);
  expect(({} as Record<string, unknown>).x ?? ({} as Record<string, unknown>).z).toBeUndefined();
});
