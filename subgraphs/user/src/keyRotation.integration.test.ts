import { generateKeyPairSync } from 'node:crypto';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { readConfig } from './config.js';
import { ADMIN, guest, startUserFixture, type UserFixture } from './testing/userFixture.js';

const [next, old] = [newKey(), newKey()];
let rotated: UserFixture;
let single: UserFixture;
beforeAll(async () => {
  rotated = await startUserFixture({ ACCESS_TOKEN_PRIVATE_JWK: JSON.stringify([next, old]) });
  single = await startUserFixture({ ACCESS_TOKEN_PRIVATE_JWK: JSON.stringify(old) });
});
afterAll(async () => {
  await rotated?.close();
  await single?.close();
});

function newKey() {
  return generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
}
const jwksOf = async (url: string) =>
  ((await (await fetch(`${url}/.well-known/jwks.json`)).json()) as { keys: { kid: string; x: string }[] }).keys;
const SIGN_IN = 'mutation S($e: String!, $p: String!) { sessionCreate(email: $e, password: $p) { accessToken } }';
async function tokenOf(fixture: Pick<UserFixture, 'as'>): Promise<string> {
  const { sessionCreate } = await fixture
    .as(guest)
    .request<{ sessionCreate: { accessToken: string } }>(SIGN_IN, { e: ADMIN.email, p: ADMIN.password });
  return sessionCreate.accessToken;
}

test('of several keys the first one signs and all are shown, public halves only', async () => {
  const keys = await jwksOf(rotated.url);
  expect(keys.map(({ x }) => x)).toEqual([next.x, old.x]);
  expect(JSON.stringify(keys)).not.toContain('"d"');
  const token = await tokenOf(rotated);
  expect(decodeProtectedHeader(token).kid).toBe(keys[0]?.kid);

  // What a process that was not told of the new key signs is verified by what this one shows.
  const set = createRemoteJWKSet(new URL(`${rotated.url}/.well-known/jwks.json`));
  for (const one of [token, await tokenOf(single)]) {
    expect((await jwtVerify(one, set, { algorithms: ['EdDSA'] })).payload.iss).toBe('souk');
  }
});

test('a key that is no Ed25519 private key, an empty list, a key twice and too many are refused at the start', () => {
  const key = newKey();
  const read = (keys: unknown) => () =>
    readConfig({
      NODE_ENV: 'test',
      IDENTITY_SECRET: 'a'.repeat(64),
      DATABASE_URL_USER: 'postgres://127.0.0.1/user',
      REDIS_URL: 'redis://127.0.0.1',
      SECOND_FACTOR_KEYS: JSON.stringify({ k1: 'A'.repeat(43) }),
      ACCESS_TOKEN_PRIVATE_JWK: JSON.stringify(keys),
    });
  expect(read(key)().ACCESS_TOKEN_PRIVATE_JWK).toHaveLength(1);
  expect(read([key, newKey()])().ACCESS_TOKEN_PRIVATE_JWK).toHaveLength(2);
  const { d: _, ...publicKey } = key;
  for (const wrong of [publicKey, [], [key, key], Array.from({ length: 6 }, newKey), { kty: 'RSA' }]) {
    expect(read(wrong)).toThrow('ACCESS_TOKEN_PRIVATE_JWK');
  }
});
