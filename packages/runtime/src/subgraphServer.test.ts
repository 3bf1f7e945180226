import { pino } from 'pino';
import { ClientError } from './errors.js';
import { IDENTITY_HEADER, signIdentity } from './identity.js';
import { connectSubgraph } from './subgraphConnection.js';
import { buildSchema, createSubgraphServer, type SubgraphServer } from './subgraphServer.js';
import type { ServiceName, Viewer } from './viewer.js';

const SECRET = 'ab'.repeat(32);
const HEAD = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@shareable", "@inaccessible", "@authenticated", "@requiresScopes"])
directive @public on FIELD_DEFINITION
directive @owned on FIELD_DEFINITION
`;
const SDL = `${HEAD}
interface UserError { message: String! }
type GenericError implements UserError { message: String! }
type Thing @key(fields: "id") { id: ID! name: String! }
type Query {
  hello(name: String!): String! @public
  thing: Thing @public
  mine: String @authenticated
  stock: String @requiresScopes(scopes: [["stock:read"], ["admin", "audit"]])
  broken: String @public
  missing: String @public
  slow: Int @public
  internal: String @inaccessible @requiresScopes(scopes: [["service"]])
}
input Part { size: Int! = 7 }
input Choice { size: Int! = 7 name: String nested: Part list: [Part!] }
input Tree { name: String! = "leaf" children: [Tree!] parent: Tree }
type Mutation { grow(tree: Tree!): String! @public choose(choice: Choice!): String! @public act(password: Int!): [UserError!]! @public }
`;
/** One that outlives a request, as what a service keeps in memory does. */
const THING = { id: 't1', name: 'one' };
const resolvers = {
  Query: {
    hello: (_: unknown, { name }: { name: string }) => `hello ${name}`,
    thing: () => THING,
    mine: (_: unknown, __: unknown, { viewer }: { viewer: Viewer }) =>
      viewer.kind === 'user' ? viewer.userId : 'nobody',
    stock: () => 'full',
    broken: () => {
      throw new Error('select secret from vault at 10.0.0.7:5432');
    },
    missing: () => {
      throw new ClientError('NOT_FOUND', 'There is no such thing.');
    },
    slow: () => new Promise((resolve) => setTimeout(resolve, 300, 1)),
    internal: () => 'inside',
  },
  Mutation: {
    grow: (_: unknown, { tree }: { tree: unknown }) => JSON.stringify(tree),
    choose: (_: unknown, { choice }: { choice: unknown }) => JSON.stringify(choice),
    act: () => [{ __typename: 'GenericError', message: 'no' }],
  },
  Thing: { __resolveReference: ({ id }: { id: string }) => ({ id, name: `name of ${id}` }) },
};

let server: SubgraphServer;
let url: string;
beforeAll(async () => {
  server = await createSubgraphServer({
    service: 'product',
    sdl: SDL,
    resolvers,
    createContext: (viewer) => ({ viewer }),
    identitySecret: SECRET,
    logger: pino({ level: 'silent' }),
    production: false,
    readiness: {},
  });
  url = `${await server.listen('127.0.0.1', 0)}/graphql`;
});
afterAll(() => server.close());

async function send(
  query: string,
  o: { viewer?: Viewer; variables?: object; to?: ServiceName; headers?: Record<string, string>; alter?: boolean } = {},
) {
  const body = JSON.stringify({ query, variables: o.variables });
  const identity = signIdentity({
    secret: SECRET,
    from: 'gateway',
    to: o.to ?? 'product',
    viewer: o.viewer ?? { kind: 'anonymous' },
    body,
  });
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [IDENTITY_HEADER]: identity, ...o.headers },
    body: o.alter ? body.replace('hello', 'hallo') : body,
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as {
      data?: Record<string, unknown>;
      errors?: { message: string; extensions: Record<string, unknown> }[];
    },
  };
}

const user = (scopes: string[]): Viewer => ({ kind: 'user', userId: 'usr_1', sessionId: 'ses_1', roles: [], scopes });

test('a signed request is answered by compiled execution, with variables', async () => {
  const { status, body } = await send('query($n: String!) { hello(name: $n) thing { id name } }', {
    variables: { n: 'Ada' },
  });
  expect(status).toBe(200);
  expect(body).toEqual({ data: { hello: 'hello Ada', thing: { id: 't1', name: 'one' } } });
});

test('an operation that comes again gets the same answers and refusals', async () => {
  const query = 'query Again($n: String!) { hello(name: $n) mine broken }';
  const first = await send(query, { variables: { n: 'Ada' } });
  expect(await send(query, { variables: { n: 'Ada' } })).toMatchObject({ status: first.status });
  const second = await send(query, { variables: { n: 'Bob' }, viewer: user([]) });
  expect(second.body.data).toEqual({ hello: 'hello Bob', mine: 'usr_1', broken: null });
  expect(JSON.stringify(second.body)).not.toContain('vault');
  const anonymous = await send(query, { variables: { n: 'Bob' } });
  expect(anonymous.body.errors?.map((error) => error.extensions.code).sort()).toEqual([
    'INTERNAL_SERVER_ERROR',
    'UNAUTHENTICATED',
  ]);
  for (let time = 0; time < 2; time += 1) {
    const refused = await send(query, { variables: { n: { secret: 'hunter2' } } });
    expect(refused.status).toBe(400);
    expect(JSON.stringify(refused.body)).not.toContain('hunter2');
  }
});

test('entities are resolved, and interface members by their typename', async () => {
  const { body } = await send(
    'query($r: [_Any!]!) { _entities(representations: $r) { __typename ... on Thing { name } } }',
    {
      variables: { r: [{ __typename: 'Thing', id: 't9' }] },
    },
  );
  expect(body.data).toEqual({ _entities: [{ __typename: 'Thing', name: 'name of t9' }] });
  const act = await send('mutation { act(password: 1) { __typename message } }');
  expect(act.body.data).toEqual({ act: [{ __typename: 'GenericError', message: 'no' }] });
});

test.each([
  ['no identity', {}],
  [
    'another secret',
    {
      [IDENTITY_HEADER]: signIdentity({
        secret: 'cd'.repeat(32),
        from: 'gateway',
        to: 'product',
        body: '{"query":"{ _service { sdl } }"}',
      }),
    },
  ],
  [
    'an identity for another service',
    {
      [IDENTITY_HEADER]: signIdentity({
        secret: SECRET,
        from: 'gateway',
        to: 'order',
        body: '{"query":"{ _service { sdl } }"}',
      }),
    },
  ],
  [
    'an identity for another body',
    { [IDENTITY_HEADER]: signIdentity({ secret: SECRET, from: 'gateway', to: 'product', body: '{}' }) },
  ],
  [
    'an old identity',
    {
      [IDENTITY_HEADER]: signIdentity({
        secret: SECRET,
        from: 'gateway',
        to: 'product',
        body: '{"query":"{ _service { sdl } }"}',
        now: Date.now() - 31_000,
      }),
    },
  ],
  ['rubbish', { [IDENTITY_HEADER]: 'a.b' }],
])('nothing is answered to %s, not even _service', async (_name, headers) => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: '{"query":"{ _service { sdl } }"}',
  });
  expect(response.status).toBe(401);
  expect(await response.text()).toContain('UNAUTHENTICATED');
});

test('a signed request is answered once', async () => {
  const body = '{"query":"{ _service { sdl } }"}';
  const headers = {
    'content-type': 'application/json',
    [IDENTITY_HEADER]: signIdentity({ secret: SECRET, from: 'gateway', to: 'product', body }),
  };
  expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(200);
  expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(401);
});

test('the rules of the SDL decide: signed in, scopes, services only', async () => {
  const code = async (field: string, viewer: Viewer) =>
    (await send(`{ ${field} }`, { viewer })).body.errors?.[0]?.extensions.code;
  expect(await code('mine', { kind: 'anonymous' })).toBe('UNAUTHENTICATED');
  expect(await code('mine', user([]))).toBeUndefined();
  expect(await code('stock', user(['admin']))).toBe('FORBIDDEN');
  expect(await code('stock', user(['stock:read']))).toBeUndefined();
  expect(await code('stock', user(['admin', 'audit']))).toBeUndefined();
  expect(await code('internal', user(['admin']))).toBe('FORBIDDEN');
});

test("a gateway's claim to be a service is not needed for a service, and a service cannot speak for a user", async () => {
  const body = '{"query":"{ mine }"}';
  const headers = {
    'content-type': 'application/json',
    [IDENTITY_HEADER]: signIdentity({ secret: SECRET, from: 'order', to: 'product', viewer: user([]), body }),
  };
  const answer = (await (await fetch(url, { method: 'POST', headers, body })).json()) as {
    errors: { extensions: { code: string } }[];
  };
  expect(answer.errors[0]?.extensions.code).toBe('FORBIDDEN');
});

test('what a bug says stays inside; what is meant for the client comes out with the request id', async () => {
  const { status, body } = await send('{ broken missing }', { headers: { 'x-request-id': 'req_abcdefgh' } });
  expect(status).toBe(200);
  expect(JSON.stringify(body)).not.toContain('vault');
  expect(body.data).toEqual({ broken: null, missing: null });
  expect(body.errors?.map((error) => [error.extensions.code, error.extensions.requestId])).toEqual([
    ['INTERNAL_SERVER_ERROR', 'req_abcdefgh'],
    ['NOT_FOUND', 'req_abcdefgh'],
  ]);
});

test('a non-null input field that is left out takes its default, and null is refused for it', async () => {
  const choose = 'mutation($c: Choice!) { choose(choice: $c) }';
  const answer = await send(choose, { variables: { c: { name: 'a', nested: {}, list: [{ size: 1 }, {}] } } });
  expect(JSON.parse(String(answer.body.data?.choose))).toEqual({
    size: 7,
    name: 'a',
    nested: { size: 7 },
    list: [{ size: 1 }, { size: 7 }],
  });
  expect((await send(choose, { variables: { c: { size: null } } })).status).toBe(400);
});

test('a non-null variable that is left out takes its default, and null is refused for it', async () => {
  const hello = 'query($name: String! = "you") { hello(name: $name) }';
  const [left, given] = [await send(hello), await send(hello, { variables: { name: 'me' } })];
  expect([left.body.data?.hello, given.body.data?.hello].map((text) => String(text).includes('you'))).toEqual([
    true,
    false,
  ]);
  expect((await send(hello, { variables: { name: null } })).status).toBe(400);
});

test('an input type that contains itself works', async () => {
  const { body } = await send('mutation($t: Tree!) { grow(tree: $t) }', { variables: { t: { children: [{}] } } });
  expect(JSON.parse(String(body.data?.grow))).toEqual({ name: 'leaf', children: [{ name: 'leaf' }] });
});

test('a variable of the wrong type is refused without repeating it', async () => {
  const { status, body } = await send('mutation($p: Int!) { act(password: $p) { message } }', {
    variables: { p: 'hunter2' },
  });
  expect(status).toBe(400);
  expect(JSON.stringify(body)).not.toContain('hunter2');
  expect(body.errors?.[0]).toMatchObject({
    message: 'Variable "$p" has a value of the wrong type.',
    extensions: { code: 'BAD_USER_INPUT' },
  });
});

test('malformed bodies get a 400 in GraphQL shape', async () => {
  const body = '{"query":';
  const headers = {
    'content-type': 'application/json',
    [IDENTITY_HEADER]: signIdentity({ secret: SECRET, from: 'gateway', to: 'product', body }),
  };
  const response = await fetch(url, { method: 'POST', headers, body });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
});

test('a root field without a rule, or with two, refuses to start', () => {
  expect(() => buildSchema(`${HEAD} type Query { open: String @public forgotten: String }`, {}, 'user')).toThrow(
    'Query.forgotten',
  );
  expect(() => buildSchema(`${HEAD} type Query { both: String @public @authenticated }`, {}, 'user')).toThrow(
    'Query.both',
  );
});

test('health and metrics answer without an identity', async () => {
  const base = url.replace('/graphql', '');
  expect((await fetch(`${base}/health/live`)).status).toBe(200);
  expect((await fetch(`${base}/health/ready`)).status).toBe(200);
  expect(await (await fetch(`${base}/metrics`)).text()).toContain('souk_http_request_seconds');
});

describe('within one process', () => {
  const connection = () => connectSubgraph(url, { connections: 2, keepAliveMs: 1_000 });
  const request = (query: string, o: { to?: ServiceName; variables?: object } = {}) => {
    const body = JSON.stringify({ query, variables: o.variables ?? {} });
    const from = { secret: SECRET, from: 'gateway', viewer: user(['stock:read']) } as const;
    return {
      body,
      identity: signIdentity({ ...from, to: o.to ?? 'product', body }),
      requestId: 'req_nearby',
      traceparent: undefined,
    };
  };
  const overNetwork = async () => {
    const text = await (await fetch(url.replace('/graphql', '/metrics'))).text();
    return Number(
      /souk_http_request_seconds_count\{[^}]*route="\/graphql"[^}]*status="200"[^}]*\} (\d+)/.exec(text)?.[1],
    );
  };

  test('an operation goes over the network once, then directly, with the same answer and the same refusals', async () => {
    const query = 'query Near($n: String!) { hello(name: $n) mine stock internal }';
    const { exchange, close } = connection();
    const first = await exchange(request(query, { variables: { n: 'Ada' } }), 2_000);
    const sent = await overNetwork();
    expect(sent).toBeGreaterThan(0);
    const second = await exchange(request(query, { variables: { n: 'Ada' } }), 2_000);
    expect(await overNetwork()).toBe(sent);
    expect(second).toEqual(first);
    expect(second).toMatchObject({
      status: 200,
      answer: {
        data: { hello: 'hello Ada', mine: 'usr_1', stock: 'full', internal: null },
        errors: [{ path: ['internal'] }],
      },
    });
    await close();
  });

  test('what is signed for another service, sent twice or no text is refused as ever', async () => {
    const query = 'query NearRefused($n: String!) { hello(name: $n) }';
    const { exchange, close } = connection();
    const fine = request(query, { variables: { n: 'Ada' } });
    expect(await exchange(fine, 2_000)).toMatchObject({ status: 200 });
    expect(await exchange(fine, 2_000)).toMatchObject({ status: 401 });
    expect(await exchange(request(query, { variables: { n: 'Ada' }, to: 'order' }), 2_000)).toMatchObject({
      status: 401,
    });
    expect(await exchange(request(query, { variables: { n: 'a\0b' } }), 2_000)).toMatchObject({
      status: 400,
      answer: { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] },
    });
    await close();
  });

  test('an answer belongs to who asked, and one that takes too long is given up', async () => {
    const query = 'query NearThing { thing { id name } }';
    const { exchange, close } = connection();
    await exchange(request(query), 2_000);
    const { answer } = (await exchange(request(query), 2_000)) as { answer: { data: { thing: { name: string } } } };
    answer.data.thing.name = 'changed';
    expect((await exchange(request(query), 2_000)).answer).toEqual({ data: { thing: { id: 't1', name: 'one' } } });
    const slow = 'query NearSlow { slow }';
    await exchange(request(slow), 2_000);
    await expect(exchange(request(slow), 50)).rejects.toThrow('no answer within 50 ms');
    await close();
  });
});
