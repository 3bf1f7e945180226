import { readFileSync } from 'node:fs';
import { buildSchema, type FieldNode, isObjectType, Kind } from 'graphql';
import { classOf } from '../limits/operationClasses.js';
import { startToyShop, type ToyAnswer, type ToyShop } from '../testing/toyShop.js';
import { handsOutTokens } from './sessionOperations.js';

const PAGE = { origin: 'https://shop.example', 'x-souk-session': 'cookie' };
const CONFIRM = 'mutation ($t: String!) { accountConfirm(token: $t) { accessToken refreshToken expiresIn } }';
const REFRESH = 'mutation ($r: String) { sessionRefresh(refreshToken: $r) { accessToken refreshToken expiresIn } }';

let shop: ToyShop;
let production: ToyShop;
beforeAll(async () => {
  shop = await startToyShop();
  production = await startToyShop({ production: true, persistedOperations: 'prefer' });
});
afterAll(() => Promise.all([shop.close(), production.close()]));
beforeEach(() => {
  for (const { calls } of [shop, production]) calls.resolved.length = calls.refreshed.length = 0;
});

const codes = ({ body }: ToyAnswer) => (body.errors ?? []).map(({ extensions }) => extensions?.code);
/** What a browser makes of an answer: its cookies by name, without those that have ended. */
const jar = ({ headers }: ToyAnswer) =>
  Object.fromEntries(
    headers
      .getSetCookie()
      .filter((cookie) => !/; Max-Age=0;/.test(cookie))
      .map((cookie) => cookie.slice(0, cookie.indexOf(';')).split('=') as [string, string]),
  );
const sent = (cookies: Record<string, string>) =>
  Object.entries(cookies)
    .map(([name, value]) => `${name}=${value}`)
    .join('; ');
const signIn = async (at = shop, options = {}) => {
  const t = await at.token(options);
  const answer = await at.post({ query: CONFIRM, variables: { t } }, PAGE);
  return { t, answer, cookie: sent(jar(answer)) };
};

describe('signing in', () => {
  test('puts the tokens into cookies that no script can read, and not into the body', async () => {
    const { t, answer } = await signIn(production);
    expect(answer.body).toEqual({
      data: { accountConfirm: { accessToken: null, refreshToken: null, expiresIn: 600 } },
    });
    expect(answer.text).not.toContain(t);
    expect(answer.headers.getSetCookie()).toEqual([
      `__Host-souk-access=${t}; Max-Age=600; Path=/; HttpOnly; Secure; SameSite=Strict`,
      `__Host-souk-refresh=next-${t}; Max-Age=34560000; Path=/; HttpOnly; Secure; SameSite=Strict`,
    ]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  test('over HTTP on this machine, in development, the names are plain and the cookies not Secure', async () => {
    const { t, answer } = await signIn(shop);
    expect(answer.headers.getSetCookie()[0]).toBe(`souk-access=${t}; Max-Age=600; Path=/; HttpOnly; SameSite=Strict`);
  });

  test('aliases, fragments and repeated fields get no token out', async () => {
    const t = await shop.token();
    const query = `mutation ($t: String!) { me: accountConfirm(token: $t) { a: accessToken ...F } }
      fragment F on SessionPayload { b: accessToken r: refreshToken ... { s: refreshToken n: expiresIn } }`;
    const answer = await shop.post({ query, variables: { t } }, PAGE);
    expect(answer.body).toEqual({ data: { me: { a: null, b: null, r: null, s: null, n: 600 } } });
    expect(jar(answer)).toEqual({ 'souk-access': t, 'souk-refresh': `next-${t}` });
  });

  test('is refused, and not tried, when the operation does not ask for what makes a cookie', async () => {
    const query = 'mutation { accountConfirm(token: "a.b.c") { accessToken expiresIn } }';
    const answer = await shop.post({ query }, PAGE);
    expect([answer.status, codes(answer)]).toEqual([400, ['BAD_REQUEST']]);
    expect(shop.calls.resolved).toEqual([]);
  });

  test('without the header answers the tokens as ever, and sets no cookie', async () => {
    const t = await shop.token();
    const answer = await shop.post({ query: CONFIRM, variables: { t } }, { origin: PAGE.origin });
    expect(answer.body).toEqual({
      data: { accountConfirm: { accessToken: t, refreshToken: `next-${t}`, expiresIn: 600 } },
    });
    expect(answer.headers.getSetCookie()).toEqual([]);
  });
});

describe('a request with the cookies', () => {
  test('is its user’s, by POST and by GET, and sets no cookie again', async () => {
    const { cookie } = await signIn(production);
    const answer = await production.post({ query: '{ whoami }' }, { ...PAGE, cookie });
    expect(answer.body).toEqual({ data: { whoami: 'usr_1' } });
    expect(answer.headers.getSetCookie()).toEqual([]);
    const got = await fetch(`${production.url}/graphql?query=%7Bwhoami%7D`, {
      headers: { 'x-souk-session': 'cookie', 'sec-fetch-site': 'same-origin', 'apollo-require-preflight': '1', cookie },
    });
    expect(await got.json()).toEqual({ data: { whoami: 'usr_1' } });
  });

  test('is a guest’s without the header: the cookies are not looked at', async () => {
    const { cookie } = await signIn();
    const answer = await shop.post({ query: '{ whoami }' }, { origin: PAGE.origin, cookie });
    expect(answer.body).toEqual({ data: { whoami: 'anonymous' } });
  });

  test.each<[string, Record<string, string>]>([
    ['of another origin', { origin: 'https://evil.example' }],
    ['of an origin that begins like ours', { origin: 'https://shop.example.evil.example' }],
    ['of our host without encryption', { origin: 'http://shop.example' }],
    ['of no origin', { origin: 'null' }],
    ['of this machine, in production', { origin: 'http://localhost:3000' }],
  ])('is refused with 403 when it comes from a page %s', async (_what, headers) => {
    const { cookie } = await signIn(production);
    production.calls.resolved.length = 0;
    const answer = await production.post({ query: '{ whoami }' }, { ...PAGE, cookie, ...headers });
    expect([answer.status, codes(answer)]).toEqual([403, ['FORBIDDEN']]);
    expect(production.calls.resolved).toEqual([]);
  });

  test.each([undefined, 'cross-site', 'same-site', 'none'])(
    'is refused with 403 when nobody says where it comes from, and the browser says %s',
    async (site) => {
      const { cookie } = await signIn();
      const headers = { 'x-souk-session': 'cookie', cookie, ...(site ? { 'sec-fetch-site': site } : {}) };
      const answer = await shop.post({ query: '{ whoami }' }, headers);
      expect([answer.status, codes(answer)]).toEqual([403, ['FORBIDDEN']]);
    },
  );

  test('is refused with 403 from another site, though its origin is allowed: the browser would drop the cookies, and nobody be told', async () => {
    const t = await shop.token();
    shop.calls.resolved.length = 0;
    const headers = { ...PAGE, 'sec-fetch-site': 'cross-site' };
    const answer = await shop.post({ query: CONFIRM, variables: { t } }, headers);
    expect([answer.status, codes(answer), answer.headers.getSetCookie()]).toEqual([403, ['FORBIDDEN'], []]);
    expect(shop.calls.resolved).toEqual([]);
    const near = await shop.post({ query: CONFIRM, variables: { t } }, { ...PAGE, 'sec-fetch-site': 'same-site' });
    expect(near.headers.getSetCookie()).toHaveLength(2);
  });

  test('is refused with 400 when it brings a bearer token too, or asks for something else than cookies', async () => {
    const { cookie, t } = await signIn();
    const both = await shop.post({ query: '{ whoami }' }, { ...PAGE, cookie, authorization: `Bearer ${t}` });
    const other = await shop.post({ query: '{ whoami }' }, { ...PAGE, cookie, 'x-souk-session': 'yes' });
    expect([both.status, other.status]).toEqual([400, 400]);
  });

  test.each<[string, (t: string) => string]>([
    ['is no token', () => 'souk-access="x y"; souk-refresh=next-x'],
    ['was forged', (t) => `souk-access=${t.slice(0, -6)}AAAAAA; souk-refresh=next-x`],
    ['is there twice', (t) => `souk-access=${t}; souk-access=${t}; souk-refresh=next-x`],
    ['has run out and was forgotten', () => 'souk-refresh=next-x'],
    ['is the one of another session alone', () => 'souk-access=a.b.c'],
  ])('with an access cookie that %s is told to refresh: it is not taken for a guest’s', async (_what, cookieOf) => {
    const cookie = cookieOf(await shop.token());
    for (const query of ['{ whoami }', 'mutation { credentialsSet(input: { email: "a", password: "b" }) }']) {
      const answer = await shop.post({ query }, { ...PAGE, cookie });
      expect([answer.status, codes(answer)]).toEqual([401, ['UNAUTHENTICATED']]);
      expect(answer.body.data).toBeUndefined();
    }
    expect(shop.calls.resolved).toEqual([]);
  });

  test('of a guest, without any cookie, is a guest’s', async () => {
    expect((await shop.post({ query: '{ whoami }' }, PAGE)).body).toEqual({ data: { whoami: 'anonymous' } });
  });
});

describe('refreshing', () => {
  test('takes the token from the cookie, also when the access token has run out, and sets new ones', async () => {
    const next = await shop.token();
    for (const access of ['', 'souk-access=a.b.c; ']) {
      const answer = await shop.post({ query: REFRESH }, { ...PAGE, cookie: `${access}souk-refresh=next-${next}` });
      expect(answer.body).toEqual({
        data: { sessionRefresh: { accessToken: null, refreshToken: null, expiresIn: 600 } },
      });
      expect(jar(answer)).toEqual({ 'souk-access': next, 'souk-refresh': `next-${next}` });
    }
    expect(shop.calls.refreshed).toEqual([`next-${next}`, `next-${next}`]);
  });

  test('never sends a token that the page has given instead of the one in the cookie', async () => {
    await shop.post({ query: REFRESH, variables: { r: 'stolen' } }, { ...PAGE, cookie: 'souk-refresh=next-mine' });
    expect(shop.calls.refreshed).toEqual(['next-mine']);
  });

  test('is refused when the document itself says which token', async () => {
    const query = 'mutation { sessionRefresh(refreshToken: "x") { accessToken refreshToken expiresIn } }';
    const answer = await shop.post({ query }, { ...PAGE, cookie: 'souk-refresh=next-mine' });
    expect([answer.status, shop.calls.refreshed]).toEqual([400, []]);
  });

  test('that is refused ends the session: the cookies are cleared', async () => {
    const answer = await shop.post({ query: REFRESH }, { ...PAGE, cookie: 'souk-refresh=used-up' });
    expect(answer.headers.getSetCookie()).toEqual([
      'souk-access=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict',
      'souk-refresh=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict',
    ]);
  });

  test('that could not be asked keeps the cookies', async () => {
    const one = await startToyShop();
    await one.subgraphs.product.close();
    const answer = await one.post({ query: REFRESH }, { ...PAGE, cookie: 'souk-refresh=next-mine' });
    await one.close();
    expect(codes(answer)).toEqual(['DEPENDENCY_UNAVAILABLE']);
    expect(answer.headers.getSetCookie()).toEqual([]);
  });
});

describe('signing out', () => {
  const cleared = (answer: ToyAnswer) =>
    answer.headers.getSetCookie().filter((one) => one.includes('Max-Age=0')).length;
  const run = async (query: string, variables = {}) => {
    const { cookie } = await signIn();
    return shop.post({ query, variables }, { ...PAGE, cookie });
  };

  test.each([
    ['mutation { sessionRevoke { accepted } }', {}],
    ['mutation { bye: sessionRevoke(id: null) { ok: accepted } }', {}],
    ['mutation ($id: ID) { sessionRevoke(id: $id) { accepted } }', { id: 'ses_1' }],
    ['mutation { sessionsRevokeAll { accepted } }', {}],
    ['mutation ($e: Boolean) { sessionsRevokeAll(exceptCurrent: $e) { accepted } }', { e: false }],
  ])('%s clears both cookies', async (query, variables) => {
    expect(cleared(await run(query, variables))).toBe(2);
  });

  test.each([
    ['mutation { sessionRevoke(id: "ses_2") { accepted } }', {}],
    ['mutation { sessionRevoke(id: "ses_unknown") { accepted } }', {}],
    ['mutation { sessionsRevokeAll(exceptCurrent: true) { accepted } }', {}],
    ['mutation ($e: Boolean = true) { sessionsRevokeAll(exceptCurrent: $e) { accepted } }', {}],
    ['{ whoami }', {}],
  ])('%s clears none', async (query, variables) => {
    const answer = await run(query, variables);
    expect(answer.body.errors).toBeUndefined();
    expect(answer.headers.getSetCookie()).toEqual([]);
  });
});

test('pages of allowed origins may send cookies, and no others are named', async () => {
  const preflight = (origin: string) =>
    fetch(`${production.url}/graphql`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-souk-session' },
    });
  const allowed = (await preflight('https://shop.example')).headers;
  expect(allowed.get('access-control-allow-origin')).toBe('https://shop.example');
  expect(allowed.get('access-control-allow-credentials')).toBe('true');
  expect(allowed.get('access-control-allow-headers')).toContain('x-souk-session');
  expect(allowed.get('vary')).toContain('Origin');
  for (const origin of ['https://evil.example', 'http://localhost:3000', 'null']) {
    expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBeNull();
  }
});

describe('of the real graph', () => {
  const graph = buildSchema(readFileSync('schema/api.graphql', 'utf8'));
  const field = (name: string): FieldNode => ({ kind: Kind.FIELD, name: { kind: Kind.NAME, value: name } });
  const root = graph.getMutationType();

  test('every mutation that hands out tokens counts as credentials, so that it is alone in its request', () => {
    const issuing = Object.keys(root?.getFields() ?? {}).filter((name) => root && handsOutTokens(root, field(name)));
    expect(issuing).toEqual(
      expect.arrayContaining(['sessionCreate', 'sessionRefresh', 'accountConfirm', 'passwordReset']),
    );
    expect(issuing.filter((name) => classOf('mutation', name) !== 'credentials')).toEqual([]);
  });

  test('tokens are in the payloads of mutations alone, with the seconds they last', () => {
    const types = Object.values(graph.getTypeMap()).filter(
      (type) => isObjectType(type) && ('accessToken' in type.getFields() || 'refreshToken' in type.getFields()),
    );
    expect(types.map(({ name }) => name)).toEqual(['SessionPayload']);
    for (const type of types) {
      expect(Object.keys(isObjectType(type) ? type.getFields() : {})).toEqual(
        expect.arrayContaining(['accessToken', 'refreshToken', 'expiresIn']),
      );
    }
    const carriers = Object.values(graph.getTypeMap()).flatMap((type) =>
      isObjectType(type)
        ? Object.values(type.getFields())
            .filter((one) => String(one.type).replace(/[![\]]/g, '') === 'SessionPayload')
            .map(() => type.name)
        : [],
    );
    expect(new Set(carriers)).toEqual(new Set(['Mutation']));
  });
});
