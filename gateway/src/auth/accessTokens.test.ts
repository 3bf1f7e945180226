import { createLogger } from '@souk/runtime';
import Fastify from 'fastify';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { ACCESS_TOKEN, createAuthenticator } from './accessTokens.js';
import { createKeySet } from './jwks.js';

const logger = createLogger('test', 'silent');
const START = Date.UTC(2026, 10, 22);

async function signer(kid: string) {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
  const sign = (claims: Record<string, unknown> = {}) =>
    new SignJWT({ sid: 'ses_1', scopes: [], roles: [], ...claims })
      .setProtectedHeader({ alg: 'EdDSA', kid, typ: ACCESS_TOKEN.type })
      .setSubject('usr_1')
      .setIssuer(ACCESS_TOKEN.issuer)
      .setAudience(ACCESS_TOKEN.audience)
      .setIssuedAt(START / 1_000)
      .setExpirationTime(new Date(START + 60_000))
      .sign(privateKey);
  return { sign, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'EdDSA' } };
}

/** The user service's key endpoint, whose keys and health the test decides. */
async function keyServer() {
  const state = { keys: [] as object[], fetches: 0, down: false };
  const app = Fastify();
  app.get('/keys', (_request, reply) => {
    state.fetches += 1;
    return state.down ? reply.code(500).send() : reply.send({ keys: state.keys });
  });
  return { state, url: `${await app.listen({ port: 0, host: '127.0.0.1' })}/keys`, close: () => app.close() };
}

let server: Awaited<ReturnType<typeof keyServer>>;
let clock: number;
let isVoid: (token: { userId: string; sessionId: string; issuedAtMs: number }) => boolean = () => false;
let keys: ReturnType<typeof createKeySet>;

beforeEach(async () => {
  server = await keyServer();
  clock = START;
  isVoid = () => false;
});
afterEach(async () => {
  keys.close();
  await server.close();
});

function authenticator() {
  keys = createKeySet({ url: server.url, logger, now: () => clock });
  return createAuthenticator({ keys, voidTokens: { isVoid: (token) => isVoid(token) }, now: () => clock });
}

test('a verified token costs neither cryptography nor network until it expires', async () => {
  const { sign, jwk } = await signer('k1');
  server.state.keys = [jwk];
  const authenticate = authenticator();
  const header = `Bearer ${await sign({ roles: ['STAFF'], scopes: ['orders:read'] })}`;
  const first = await authenticate(header);
  expect(first).toEqual({
    ok: true,
    viewer: { kind: 'user', userId: 'usr_1', sessionId: 'ses_1', roles: ['STAFF'], scopes: ['orders:read'] },
  });
  server.state.down = true;
  expect(authenticate(header)).toBe(first); // the same object, and no promise: nothing was computed
  expect(server.state.fetches).toBe(1);
});

test('a kept token is refused once it has expired', async () => {
  const { sign, jwk } = await signer('k1');
  server.state.keys = [jwk];
  const authenticate = authenticator();
  const header = `Bearer ${await sign()}`;
  expect(await authenticate(header)).toMatchObject({ ok: true });
  clock += 66_000;
  expect(await authenticate(header)).toMatchObject({ ok: false, code: 'UNAUTHENTICATED' });
});

test('a new key is fetched when a token names it, and invented key ids do not make a fetch each', async () => {
  const old = await signer('k1');
  const next = await signer('k2');
  server.state.keys = [old.jwk];
  const authenticate = authenticator();
  expect(await authenticate(`Bearer ${await old.sign()}`)).toMatchObject({ ok: true });

  server.state.keys = [old.jwk, next.jwk];
  clock += 6_000;
  expect(await authenticate(`Bearer ${await next.sign()}`)).toMatchObject({ ok: true });
  expect(server.state.fetches).toBe(2);

  const invented = await signer('k3');
  for (let i = 0; i < 5; i += 1) {
    expect(await authenticate(`Bearer ${await invented.sign({ i })}`)).toMatchObject({ code: 'UNAUTHENTICATED' });
  }
  expect(server.state.fetches).toBe(2);
});

test('keys are rotated under load without refusing anybody', async () => {
  const old = await signer('k1');
  const next = await signer('k2');
  server.state.keys = [old.jwk];
  const authenticate = authenticator();
  let requests = 0;
  const refusedOf = async (signers: (typeof old)[]) => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, async (_, i) => {
        requests += 1;
        return authenticate(`Bearer ${await (signers[i % signers.length] as typeof old).sign({ requests })}`);
      }),
    );
    return answers.filter((answer) => !answer.ok);
  };
  expect(await refusedOf([old])).toEqual([]);
  server.state.keys = [old.jwk, next.jwk]; // 1: the new key is shown
  clock += 6_000;
  expect(await refusedOf([old, next])).toEqual([]); // 2: it signs, before the gateway has looked again
  server.state.keys = [next.jwk, old.jwk];
  expect(await refusedOf([next, old])).toEqual([]);
  server.state.keys = [next.jwk]; // 3: the old one is gone, and so are its tokens
  clock += 6_000;
  expect(await refusedOf([next])).toEqual([]);
  expect(server.state.fetches).toBe(2);
});

test('known keys are used while the user service is down', async () => {
  const { sign, jwk } = await signer('k1');
  server.state.keys = [jwk];
  const authenticate = authenticator();
  expect(await authenticate(`Bearer ${await sign()}`)).toMatchObject({ ok: true });
  server.state.down = true;
  clock += 10_000;
  expect(await authenticate(`Bearer ${await sign({ other: 1 })}`)).toMatchObject({ ok: true });
});

test('keys are fetched as soon as the user service is up, without a restart', async () => {
  const { sign, jwk } = await signer('k1');
  server.state.keys = [jwk];
  server.state.down = true;
  const authenticate = authenticator();
  const header = `Bearer ${await sign()}`;
  expect(await authenticate(header)).toMatchObject({ ok: false, code: 'DEPENDENCY_UNAVAILABLE' });
  server.state.down = false;
  clock += 300;
  expect(await authenticate(header)).toMatchObject({ ok: true });
});

test.each([
  ['alg none', { alg: 'none' }],
  ['HMAC with the public key', { alg: 'HS256', kid: 'k1' }],
  ['a key id that is a path', { alg: 'EdDSA', kid: '../../etc/passwd' }],
  ['a key inside the token', { alg: 'EdDSA', jwk: {} }],
])('%s is refused', async (_what, header) => {
  const { jwk, sign } = await signer('k1');
  server.state.keys = [jwk];
  const authenticate = authenticator();
  const [, payload, signature] = (await sign()).split('.');
  const part = Buffer.from(JSON.stringify({ typ: ACCESS_TOKEN.type, ...header })).toString('base64url');
  expect(await authenticate(`Bearer ${part}.${payload}.${signature}`)).toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(await authenticate(`Bearer ${part}.${payload}.`)).toMatchObject({ code: 'UNAUTHENTICATED' });
});

test('a token without a session is refused', async () => {
  const { jwk, sign } = await signer('k1');
  server.state.keys = [jwk];
  expect(await authenticator()(`Bearer ${await sign({ sid: undefined })}`)).toMatchObject({ code: 'UNAUTHENTICATED' });
});

test('a token is void at once when its session was ended, whether it was seen before or not', async () => {
  const { sign, jwk } = await signer('k1');
  server.state.keys = [jwk];
  const authenticate = authenticator();
  const header = `Bearer ${await sign()}`;
  expect(await authenticate(header)).toMatchObject({ ok: true });
  isVoid = ({ userId, sessionId, issuedAtMs }) => userId === 'usr_1' && sessionId === 'ses_1' && issuedAtMs === START;
  expect(await authenticate(header)).toMatchObject({ ok: false, code: 'UNAUTHENTICATED' });
  expect(await authenticate(`Bearer ${await sign({ extra: 1 })}`)).toMatchObject({
    ok: false,
    code: 'UNAUTHENTICATED',
  });
  expect(await authenticate(`Bearer ${await sign({ sid: 'ses_2' })}`)).toMatchObject({ ok: true });
});
