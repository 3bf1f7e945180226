import pg from 'pg';
import { guest, member, service, startUserFixture, type UserFixture } from './testing/userFixture.js';

let souk: UserFixture;
let db: pg.Client;
beforeAll(async () => {
  souk = await startUserFixture();
  db = new pg.Client({ connectionString: souk.databaseUrl });
  await db.connect();
});
afterAll(async () => {
  await db?.end();
  await souk?.close();
});

const ASK = 'query ($id: ID!) { verifiedEmail(userId: $id) }';
const verifiedEmail = async (id: string) =>
  (await souk.as(service('order')).request<{ verifiedEmail: string | null }>(ASK, { id })).verifiedEmail;
const register = async (email: string) => {
  const doc = 'mutation ($i: AccountRegisterInput!) { accountRegister(input: $i) { user { id } } }';
  const { accountRegister } = await souk.as(guest).request<{ accountRegister: { user: { id: string } } }>(doc, {
    i: { email, password: 'correct horse battery' },
  });
  return accountRegister.user.id;
};

test('an address is told once it is confirmed, folded as addresses are compared, and no longer when the account is disabled', async () => {
  const id = await register('Ada.Lovelace@Example.COM');
  expect(await verifiedEmail(id)).toBeNull();
  await db.query('UPDATE account SET email_verified_at = now() WHERE id = $1', [id]);
  expect(await verifiedEmail(id)).toBe('ada.lovelace@example.com');
  await db.query('UPDATE account SET is_active = false WHERE id = $1', [id]);
  expect(await verifiedEmail(id)).toBeNull();
  expect(await verifiedEmail('usr_nobody')).toBeNull();
});

test('only the order service may ask', async () => {
  const id = await register('grace@example.com');
  for (const [viewer, code] of [
    [guest, 'UNAUTHENTICATED'],
    [member(id), 'FORBIDDEN'],
    [member('usr_admin', ['users:read', 'users:write']), 'FORBIDDEN'],
    [service('notification'), 'FORBIDDEN'],
  ] as const) {
    expect((await souk.as(viewer).send(ASK, { id })).errors[0]?.extensions?.code).toBe(code);
  }
});
