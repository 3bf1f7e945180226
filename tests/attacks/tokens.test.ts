import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import { createLogger, signIdentity } from '@souk/runtime';
import { createTestRedis } from '@souk/testkit';
import { exportJWK, SignJWT } from 'jose';
import { createAuthenticator } from '../../gateway/src/auth/accessTokens.js';
import { createKeySet } from '../../gateway/src/auth/jwks.js';
import { createVoidTokens } from '../../gateway/src/auth/voidTokens.js';
import { createShopper } from '../../local/src/shopper.js';
import { type Shop, shopOfRun } from '../e2e/shop.js';
import { codesOf, leakIn, PASSWORD, post, publicPem, registered, signingKey, signToken } from './attackShop.js';

let shop: Shop;
let endpoint: string;
let user: { id: string; email: string };
let trusted: Awaited<ReturnType<typeof signingKey>>;
const foreign = generateKeyPairSync('ed25519');

beforeAll(async () => {
  shop = await shopOfRun();
  endpoint = shop.urls.graphql as string;
  user = await registered(shop);
  trusted = await signingKey(shop);
}, 240_000);

const ME = { query: '{ me { id } }' };
const ask = (authorization: string, headers: Record<string, string> = {}) =>
  post(endpoint, ME, { ...headers, authorization });
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const seconds = () => Math.floor(Date.now() / 1_000);

const goodClaims = () => ({
  iss: 'souk',
  aud: 'souk',
  sub: user.id,
  sid: 'ses_forged',
  iat: seconds(),
  exp: seconds() + 300,
  roles: ['ADMIN'],
  scopes: ['users:write'],
});
const goodHeader = () => ({ alg: 'EdDSA', typ: 'at+jwt', kid: trusted.kid });

/** A token with the shop's own signature over any header and any claims. */
const signed = (header: object, claims: object, key = trusted.key) =>
  new SignJWT(claims as Record<string, unknown>)
    .setProtectedHeader({ ...goodHeader(), ...header })
    .sign(key, { crit: { 'x-souk': true } });
const without = (name: string) => {
  const { [name]: _, ...rest } = goodClaims() as Record<string, unknown>;
  return rest;
};
const hmac = (key: string | Buffer) => {
  const head = `${part({ ...goodHeader(), alg: 'HS256' })}.${part(goodClaims())}`;
  return `${head}.${createHmac('sha256', key).update(head).digest('base64url')}`;
};
const swapped = async (header: object | undefined, claims: object | undefined) => {
  const [head, body, signature] = (await signToken(shop, user.id)).split('.');
  return `${header ? part(header) : head}.${claims ? part(claims) : body}.${signature}`;
};

const ZOO: readonly [what: string, token: () => string | Promise<string>][] = [
  ['alg none without a signature', () => `${part({ alg: 'none', typ: 'at+jwt' })}.${part(goodClaims())}.`],
  ['alg none with a signature', () => swapped({ alg: 'none', typ: 'at+jwt' }, undefined)],
  ['alg NoNe', () => `${part({ ...goodHeader(), alg: 'NoNe' })}.${part(goodClaims())}.eA`],
  ['HS256 with the public key in PEM', () => hmac(publicPem(trusted.publicJwk))],
  ['HS256 with the public key as JWK', () => hmac(JSON.stringify(trusted.publicJwk))],
  ['HS256 with the bytes of the public key', () => hmac(Buffer.from(trusted.publicJwk.x as string, 'base64url'))],
  ['HS256 with an empty key', () => hmac('')],
  ['signed by another key under the known id', () => signed({}, goodClaims(), foreign.privateKey)],
  ['signed by another key without an id', () => signed({ kid: undefined }, goodClaims(), foreign.privateKey)],
  ['an altered payload', () => swapped(undefined, goodClaims())],
  ['the header of another token', () => swapped({ ...goodHeader(), extra: 1 }, undefined)],
  ['a signature that was cut', async () => (await signToken(shop, user.id)).slice(0, -8)],
  ['no signature', async () => `${(await signToken(shop, user.id)).split('.').slice(0, 2).join('.')}.`],
  ['another audience', () => signed({}, { ...goodClaims(), aud: 'https://elsewhere.example' })],
  ['no audience', () => signed({}, without('aud'))],
  ['another issuer', () => signed({}, { ...goodClaims(), iss: 'https://souk' })],
  ['no issuer', () => signed({}, without('iss'))],
  ['typ JWT', () => signed({ typ: 'JWT' }, goodClaims())],
  ['typ of a refresh token', () => signed({ typ: 'rt+jwt' }, goodClaims())],
  ['no typ', () => signed({ typ: undefined }, goodClaims())],
  ['expired', () => signed({}, { ...goodClaims(), iat: seconds() - 900, exp: seconds() - 60 })],
  ['no expiry', () => signed({}, without('exp'))],
  ['no time of issue', () => signed({}, without('iat'))],
  ['not valid before an hour', () => signed({}, { ...goodClaims(), nbf: seconds() + 3_600 })],
  ['no subject', () => signed({}, without('sub'))],
  ['no session', () => signed({}, without('sid'))],
  ['a subject that is a list', () => signed({}, { ...goodClaims(), sub: [user.id] })],
  ['scopes that are an object', () => signed({}, { ...goodClaims(), scopes: { 'users:write': true } })],
  ['kid ../../../../dev/null', () => signed({ kid: '../../../../dev/null' }, goodClaims(), foreign.privateKey)],
  ['kid with SQL', () => signed({ kid: "x' UNION SELECT 'key'--" }, goodClaims(), foreign.privateKey)],
  ['kid with a URL', () => signed({ kid: 'http://127.0.0.1/key' }, goodClaims(), foreign.privateKey)],
  ['kid __proto__', () => signed({ kid: '__proto__' }, goodClaims(), foreign.privateKey)],
  ['a crit header that nobody knows', () => signed({ crit: ['x-souk'], 'x-souk': 1 }, goodClaims())],
  ['b64 false', () => swapped({ ...goodHeader(), b64: false, crit: ['b64'] }, undefined)],
  ['an own key in the jwk header', async () => withOwnKey({ jwk: await exportJWK(foreign.publicKey) })],
  ['four parts', async () => `${await signToken(shop, user.id)}.eA`],
  ['an encrypted token', () => `${part({ alg: 'dir', enc: 'A256GCM' })}.e.e.e.e`],
  ['a list as header', () => `${part(['EdDSA'])}.${part(goodClaims())}.eA`],
  ['null as claims', () => `${part(goodHeader())}.${part(null)}.eA`],
  ['5,000 characters', async () => `${(await signToken(shop, user.id)).replace('.', `${'A'.repeat(5_000)}.`)}`],
  [
    'a service’s signature',
    () => signIdentity({ secret: shop.env.IDENTITY_SECRET as string, from: 'order', to: 'user', body: '' }),
  ],
];
const withOwnKey = (header: object) => signed({ kid: undefined, ...header }, goodClaims(), foreign.privateKey);

test('the control: a token in order is its user’s', async () => {
  const answer = await ask(`Bearer ${await signed({}, { ...goodClaims(), roles: [], scopes: [] })}`);
  expect(answer.json).toEqual({ data: { me: { id: user.id } } });
});

test.each(ZOO)('token zoo: %s is refused with 401, and nothing is executed', async (_what, token) => {
  const answer = await ask(`Bearer ${await token()}`);
  expect([answer.status, codesOf(answer)]).toEqual([401, ['UNAUTHENTICATED']]);
  expect(answer.json.data).toBeUndefined();
  expect(leakIn(shop, answer.text)).toBeUndefined();
});

test('token zoo: keys that a token names by jku or x5u are never fetched', async () => {
  let fetched = 0;
  const server = createServer(async (_request, response) => {
    fetched += 1;
    response.end(JSON.stringify({ keys: [{ ...(await exportJWK(foreign.publicKey)), kid: 'mine', alg: 'EdDSA' }] }));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}/jwks.json`;
  for (const header of [{ jku: url, kid: 'mine' }, { x5u: url }, { jku: url, x5c: ['MIIB'] }]) {
    expect((await ask(`Bearer ${await withOwnKey(header)}`)).status).toBe(401);
  }
  expect(fetched).toBe(0);
  await new Promise((closed) => server.close(closed));
});

test('token zoo: a refresh token is no access token', async () => {
  const shopper = createShopper(endpoint);
  const session = await shopper.send<{ sessionCreate: { refreshToken: string } }>('SessionCreate', {
    email: user.email,
    password: PASSWORD,
  });
  await shopper.close();
  const answer = await ask(`Bearer ${session.data.sessionCreate.refreshToken}`);
  expect([answer.status, codesOf(answer)]).toEqual([401, ['UNAUTHENTICATED']]);
});

test('token zoo: a header of 60 KB ends at the door', async () => {
  const answer = await ask(`Bearer ${'A'.repeat(60_000)}`).catch(() => undefined);
  expect(answer === undefined || answer.status === 431 || answer.status === 400).toBe(true);
});

test('token zoo: two Authorization headers are refused, whichever of them is in order', async () => {
  const good = `Bearer ${await signToken(shop, user.id)}`;
  for (const pair of [
    [good, 'Bearer rubbish'],
    ['Bearer rubbish', good],
    [good, good],
  ]) {
    const answer = await rawRequest(pair.map((value) => `authorization: ${value}`));
    expect([answer.split(' ')[1], /"me"/.test(answer)]).toEqual(['401', false]);
  }
});

/** A request with header lines exactly as they are given. */
function rawRequest(lines: readonly string[]): Promise<string> {
  const { hostname, port } = new URL(endpoint);
  const body = JSON.stringify(ME);
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), hostname === 'localhost' ? '127.0.0.1' : hostname, () => {
      socket.write(
        [
          'POST /graphql HTTP/1.1',
          'host: shop.example',
          'content-type: application/json',
          `content-length: ${body.length}`,
          'connection: close',
          ...lines,
          '',
          body,
        ].join('\r\n'),
      );
    });
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('end', () => resolve(text));
    socket.on('error', reject);
  });
}

test('a token is believed in the Authorization header only, never in the address or the body', async () => {
  const token = await signToken(shop, user.id);
  const inQuery = await post(`${endpoint}?access_token=${token}&authorization=Bearer%20${token}`, ME);
  const inBody = await post(endpoint, { ...ME, access_token: token, extensions: { authorization: `Bearer ${token}` } });
  for (const { json } of [inQuery, inBody]) expect(json).toEqual({ data: { me: null } });
});

test('scopes of services in a person’s token are worth nothing', async () => {
  const token = await signed({}, { ...goodClaims(), scopes: ['service', 'service:order'] });
  const answer = await post(endpoint, { query: '{ users { totalCount } }' }, { authorization: `Bearer ${token}` });
  expect(codesOf(answer)).toEqual(['FORBIDDEN']);
});

test('a verified token costs the gateway no network call: not to the user service, not to Redis', async () => {
  let keyFetches = 0;
  const jwks = createServer((_request, response) => {
    keyFetches += 1;
    response.end(JSON.stringify({ keys: [{ ...trusted.publicJwk, kid: trusted.kid, alg: 'EdDSA', use: 'sig' }] }));
  });
  await new Promise<void>((listening) => jwks.listen(0, '127.0.0.1', listening));
  const redis = await createTestRedis();
  const counted = await countingProxy(Number(new URL(redis.url).port));
  const through = new URL(redis.url);
  through.port = String(counted.port);
  const logger = createLogger('test', 'silent');
  const keys = createKeySet({ url: `http://127.0.0.1:${(jwks.address() as { port: number }).port}/`, logger });
  const voidTokens = createVoidTokens({ redisUrl: through.href, logger });
  const authenticate = createAuthenticator({ keys, voidTokens });
  try {
    const first = await authenticate(`Bearer ${await signToken(shop, user.id)}`);
    expect(first.ok).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 300)); // the connection to Redis is up and has read
    const before = { keyFetches, bytes: counted.bytes() };
    expect(before.bytes).toBeGreaterThan(0);
    const tokens = await Promise.all(Array.from({ length: 50 }, () => signToken(shop, `usr_${randomUUID()}`)));
    for (let round = 0; round < 20; round += 1) {
      for (const token of tokens) expect((await authenticate(`Bearer ${token}`)).ok).toBe(true);
    }
    expect({ keyFetches, bytes: counted.bytes() }).toEqual(before);
    expect(keyFetches).toBe(1);
  } finally {
    keys.close();
    voidTokens.close();
    counted.close();
    jwks.close();
    await redis.close();
  }
});

async function countingProxy(target: number) {
  let sent = 0;
  const server = createTcpServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    client.on('data', (chunk) => {
      sent += chunk.length;
    });
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream]) socket.on('error', () => undefined);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return { port: (server.address() as { port: number }).port, bytes: () => sent, close: () => server.close() };
}
