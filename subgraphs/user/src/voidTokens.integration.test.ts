import { VOID_TOKENS } from '@souk/runtime';
import { eventually } from '@souk/testkit';
import { createClient } from 'redis';
import { ADMIN, guest, member, startUserFixture, type UserFixture } from './testing/userFixture.js';

let souk: UserFixture;
let redis: ReturnType<typeof createClient>;
beforeAll(async () => {
  souk = await startUserFixture();
  redis = createClient({ url: souk.redisUrl });
  await redis.connect();
});
afterAll(async () => {
  redis?.destroy();
  await souk?.close();
});

const run = async <T>(viewer: Parameters<UserFixture['as']>[0], doc: string, variables: object = {}): Promise<T> =>
  Object.values(await souk.as(viewer).request<Record<string, T>>(doc, variables))[0] as T;
const SIGN_IN =
  'mutation S($e: String!, $p: String!) { sessionCreate(email: $e, password: $p) { accessToken user { id } } }';
const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
const announced = async (id: string) => Number(await redis.get(VOID_TOKENS.key(id)));

async function signedIn(email = ADMIN.email, password = ADMIN.password) {
  const { accessToken, user } = await run<{ accessToken: string; user: { id: string } }>(guest, SIGN_IN, {
    e: email,
    p: password,
  });
  const { sid, iat } = claimsOf(accessToken) as { sid: string; iat: number };
  return { userId: user.id, sessionId: sid, issuedAtMs: Math.round(iat * 1_000) };
}

test('an ended session is announced with the answer, for as long as its access token could live', async () => {
  const { userId, sessionId } = await signedIn();
  await run(member(userId, [], sessionId), 'mutation { sessionRevoke { accepted } }');
  expect(await announced(sessionId)).toBeGreaterThan(Date.now() - 5_000);
  expect(await redis.ttl(VOID_TOKENS.key(sessionId))).toBeGreaterThan(590);
});

test("a change of a user's roles voids what was issued before it, and nothing that is issued after it", async () => {
  const { user } = await run<{ user: { id: string } }>(
    guest,
    'mutation { accountRegister(input: { email: "clerk@example.com", password: "correct horse battery" }) { user { id } } }',
  );
  const before = await signedIn('clerk@example.com', 'correct horse battery');
  await run(
    member('usr_admin', ['users:write']),
    'mutation($id: ID!) { userRolesUpdate(userId: $id, roles: [STAFF]) { user { id } } }',
    {
      id: user.id,
    },
  );
  const at = await announced(user.id);
  expect(before.issuedAtMs).toBeLessThanOrEqual(at);
  const after = await signedIn('clerk@example.com', 'correct horse battery');
  expect(after.issuedAtMs).toBeGreaterThanOrEqual(at);
});

test('what Redis has lost is told again', async () => {
  const { userId, sessionId } = await signedIn();
  await run(member(userId, [], sessionId), 'mutation { sessionRevoke { accepted } }');
  await redis.del(VOID_TOKENS.key(sessionId));
  await eventually(async () => expect(await announced(sessionId)).toBeGreaterThan(0), { timeoutMs: 8_000 });
});
