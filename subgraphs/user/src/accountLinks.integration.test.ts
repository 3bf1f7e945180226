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

const client = { ip: '203.0.113.7', userAgent: 'Firefox' };
const OLD = 'correct horse battery';
const NEW = 'staple battery horse';
const run = async <T>(viewer: Parameters<UserFixture['as']>[0], doc: string, variables: object = {}): Promise<T> =>
  Object.values(await souk.as(viewer, client).request<Record<string, T>>(doc, variables))[0] as T;
type Coded = { userErrors: { code: string }[] };
const codes = (of: Coded) => of.userErrors.map(({ code }) => code);

let people = 0;
async function account(): Promise<{ id: string; email: string }> {
  people += 1;
  const email = `linked${people}@example.com`;
  const { user } = await run<{ user: { id: string } }>(
    guest,
    'mutation R($input: AccountRegisterInput!) { accountRegister(input: $input) { user { id } } }',
    { input: { email, password: OLD } },
  );
  return { id: user.id, email };
}
const signIn = (email: string, password: string) =>
  run<Coded & { refreshToken: string | null }>(
    guest,
    'mutation S($e: String!, $p: String!) { sessionCreate(email: $e, password: $p) { refreshToken userErrors { code } } }',
    { e: email, p: password },
  );
const ask = (field: 'passwordResetRequest' | 'accountConfirmationResend', email: string) =>
  run<Coded & { accepted: boolean }>(
    guest,
    `mutation A($e: String!) { ${field}(email: $e) { accepted userErrors { code } } }`,
    {
      e: email,
    },
  );
const reset = (token: string, password: string) =>
  run<Coded & { accessToken: string | null; user: { emailVerified: boolean } | null }>(
    guest,
    'mutation N($t: String!, $p: String!) { passwordReset(token: $t, password: $p) { accessToken user { emailVerified } userErrors { code } } }',
    { t: token, p: password },
  );
const tokenFor = async (id: string): Promise<string | null> =>
  (
    await run<{ passwordResetToken: string | null }>(
      service('notification'),
      'query T($id: ID!) { userForNotification(id: $id) { passwordResetToken } }',
      { id },
    )
  ).passwordResetToken;
const published = async (id: string) =>
  (await db.query('SELECT type FROM outbox_event WHERE aggregate_id = $1 ORDER BY sequence', [id])).rows.map(
    ({ type }) => type,
  );
const rewind = (id: string, interval: string) =>
  db.query(
    `UPDATE account SET password_reset_requested_at = password_reset_requested_at - $2::interval WHERE id = $1`,
    [id, interval],
  );

test('a new password is chosen by mail: sessions end, the address is proved, the owner is told, the link works once', async () => {
  const { id, email } = await account();
  const { refreshToken } = await signIn(email, OLD);
  expect(await ask('passwordResetRequest', email)).toEqual({ accepted: true, userErrors: [] });
  const token = (await tokenFor(id)) as string;
  const spare = (await tokenFor(id)) as string; // the mail was sent twice
  const done = await reset(token, NEW);
  expect(done).toEqual({ accessToken: expect.any(String), user: { emailVerified: true }, userErrors: [] });
  expect(codes(await reset(token, NEW))).toEqual(['TOKEN_INVALID']);
  expect(codes(await reset(spare, NEW))).toEqual(['TOKEN_INVALID']);
  expect(await tokenFor(id)).toBeNull();
  expect(codes(await signIn(email, OLD))).toEqual(['INVALID_CREDENTIALS']);
  expect(codes(await signIn(email, NEW))).toEqual([]);
  const refreshed = await run<Coded>(
    guest,
    'mutation R($t: String) { sessionRefresh(refreshToken: $t) { userErrors { code } } }',
    {
      t: refreshToken,
    },
  );
  expect(codes(refreshed)).toEqual(['TOKEN_INVALID']);
  expect(await published(id)).toEqual([
    'account.registered',
    'account.password_reset_requested',
    'account.password_changed',
  ]);
});

test('an unknown address gets the same answer, the same statements, and no mail', async () => {
  const { email } = await account();
  const counted = async (address: string) => {
    const before = Number((await db.query('SELECT count(*) FROM outbox_event')).rows[0].count);
    const answer = await ask('passwordResetRequest', address);
    return { answer, mails: Number((await db.query('SELECT count(*) FROM outbox_event')).rows[0].count) - before };
  };
  expect(await counted('nobody@example.com')).toEqual({ answer: { accepted: true, userErrors: [] }, mails: 0 });
  expect(await counted(email)).toEqual({ answer: { accepted: true, userErrors: [] }, mails: 1 });
});

test('at most one link a minute is mailed, however often it is asked for at once', async () => {
  const { id, email } = await account();
  await Promise.all(Array.from({ length: 10 }, () => ask('passwordResetRequest', email)));
  expect((await published(id)).filter((type) => type === 'account.password_reset_requested')).toHaveLength(1);
  await rewind(id, '61 seconds');
  await ask('passwordResetRequest', email);
  expect((await published(id)).filter((type) => type === 'account.password_reset_requested')).toHaveLength(2);
});

test('a password that is refused leaves the link as it is; after half an hour it is over', async () => {
  const { id, email } = await account();
  await ask('passwordResetRequest', email);
  const token = (await tokenFor(id)) as string;
  expect(codes(await reset(token, 'short'))).toEqual(['PASSWORD_TOO_WEAK']);
  await db.query("UPDATE account_token SET expires_at = now() - interval '1 second' WHERE account_id = $1", [id]);
  expect(codes(await reset(token, NEW))).toEqual(['TOKEN_EXPIRED']);
  await rewind(id, '30 minutes');
  expect(await tokenFor(id)).toBeNull();
  expect(codes(await signIn(email, OLD))).toEqual([]);
});

test('no token is made that nobody asked for, nor for anybody but the notification service', async () => {
  const { id } = await account();
  expect(await tokenFor(id)).toBeNull();
  const doc = 'query T($id: ID!) { userForNotification(id: $id) { passwordResetToken } }';
  await expect(run(member(id), doc, { id })).rejects.toThrow();
  await expect(run(service('order'), doc, { id })).rejects.toThrow('Only the notification service');
});

test('a token that confirms an address sets no password, and the other way round', async () => {
  const { id, email } = await account();
  await ask('passwordResetRequest', email);
  const resetToken = (await tokenFor(id)) as string;
  const { emailConfirmationToken } = await run<{ emailConfirmationToken: string }>(
    service('notification'),
    'query T($id: ID!) { userForNotification(id: $id) { emailConfirmationToken } }',
    { id },
  );
  expect(codes(await reset(emailConfirmationToken, NEW))).toEqual(['TOKEN_INVALID']);
  const confirmed = await run<Coded>(
    guest,
    'mutation C($t: String!) { accountConfirm(token: $t) { userErrors { code } } }',
    {
      t: resetToken,
    },
  );
  expect(codes(confirmed)).toEqual(['TOKEN_INVALID']);
});

test('the confirmation is mailed again while it is needed: not within the first minute, not to a confirmed address', async () => {
  const { id, email } = await account();
  const requests = async () => (await published(id)).filter((type) => type === 'account.confirmation_requested').length;
  await ask('accountConfirmationResend', email);
  expect(await requests()).toBe(0);
  await db.query("UPDATE account SET created_at = created_at - interval '2 minutes' WHERE id = $1", [id]);
  await ask('accountConfirmationResend', email);
  await ask('accountConfirmationResend', email);
  expect(await requests()).toBe(1);
  await db.query('UPDATE account SET email_verified_at = now(), confirmation_requested_at = NULL WHERE id = $1', [id]);
  expect(await ask('accountConfirmationResend', email)).toEqual({ accepted: true, userErrors: [] });
  expect(await requests()).toBe(1);
});

test('text that is no address is refused', async () => {
  expect(codes(await ask('passwordResetRequest', 'not an address'))).toEqual(['INVALID']);
});
