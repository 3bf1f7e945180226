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

type Coded = { userErrors: { code: string }[] };
type Accepted = Coded & { accepted: boolean };
const ACCEPTED = { accepted: true, userErrors: [] };
const PASSWORD = 'correct horse battery';
const run = async <T>(viewer: Parameters<UserFixture['as']>[0], doc: string, variables: object = {}): Promise<T> =>
  Object.values(
    await souk.as(viewer, { ip: '203.0.113.7', userAgent: 'Firefox' }).request<Record<string, T>>(doc, variables),
  )[0] as T;
const codes = ({ userErrors }: Coded) => userErrors.map(({ code }) => code);

let people = 0;
const newAddress = () => {
  people += 1;
  return `mover${people}@example.com`;
};
const register = (email: string) =>
  run<Coded & { user: { id: string } | null }>(
    guest,
    'mutation R($input: AccountRegisterInput!) { accountRegister(input: $input) { user { id } userErrors { code } } }',
    { input: { email, password: PASSWORD } },
  );
async function account(): Promise<{ id: string; email: string }> {
  const email = newAddress();
  const { user } = await register(email);
  return { id: user?.id ?? '', email };
}
const ask = (id: string, email: string, password = PASSWORD) =>
  run<Accepted>(
    member(id),
    'mutation E($e: String!, $p: String!) { emailChangeRequest(email: $e, password: $p) { accepted userErrors { code } } }',
    { e: email, p: password },
  );
const confirm = (token: string) =>
  run<Accepted>(guest, 'mutation C($t: String!) { emailChangeConfirm(token: $t) { accepted userErrors { code } } }', {
    t: token,
  });
const undo = (token: string) =>
  run<Accepted>(guest, 'mutation U($t: String!) { emailChangeUndo(token: $t) { accepted userErrors { code } } }', {
    t: token,
  });
const signIn = (email: string, password = PASSWORD) =>
  run<Coded & { refreshToken: string | null }>(
    guest,
    'mutation S($e: String!, $p: String!) { sessionCreate(email: $e, password: $p) { refreshToken userErrors { code } } }',
    { e: email, p: password },
  );
const refresh = (token: string | null) =>
  run<Coded & { refreshToken: string | null }>(
    guest,
    'mutation R($t: String) { sessionRefresh(refreshToken: $t) { refreshToken userErrors { code } } }',
    { t: token },
  );
/** The last event of this kind, and what the notification service gets to write about it. */
async function mail(id: string, type: 'account.email_change_requested' | 'account.email_changed') {
  const { rows } = await db.query(
    'SELECT data FROM outbox_event WHERE aggregate_id = $1 AND type = $2 ORDER BY sequence DESC LIMIT 1',
    [id, type],
  );
  return mailAbout(id, rows[0].data.changeId, type === 'account.email_changed');
}
const mailAbout = async (id: string, changeId: string, isConfirmed: boolean) =>
  (
    await run<{ emailChange: { email: string; token: string | null } | null }>(
      service('notification'),
      'query T($id: ID!, $c: ID!, $d: Boolean!) { userForNotification(id: $id) { emailChange(id: $c, isConfirmed: $d) { email token } } }',
      { id, c: changeId, d: isConfirmed },
    )
  ).emailChange;
const published = async (id: string) =>
  (await db.query('SELECT type FROM outbox_event WHERE aggregate_id = $1 ORDER BY sequence', [id])).rows.map(
    ({ type }) => type,
  );
const stored = async (id: string) =>
  (
    await db.query('SELECT email, email_key, email_verified_at IS NOT NULL AS verified FROM account WHERE id = $1', [
      id,
    ])
  ).rows[0];
const ago = (id: string, interval: string) =>
  db.query(
    'UPDATE email_change SET requested_at = requested_at - $2::interval, confirmed_at = confirmed_at - $2::interval WHERE account_id = $1',
    [id, interval],
  );
/** An account whose address was changed. */
async function moved() {
  const { id, email: old } = await account();
  const { refreshToken } = await signIn(old);
  const next = newAddress();
  await ask(id, next);
  const asked = await mail(id, 'account.email_change_requested');
  expect(await confirm(asked?.token ?? '')).toEqual(ACCEPTED);
  return { id, old, next, refreshToken, link: asked?.token ?? '' };
}

test('an address is changed by the link that was mailed to the new one: once, verified, sessions stay, the old one is told', async () => {
  const { id, email: old } = await account();
  const { refreshToken } = await signIn(old);
  const next = `New.${newAddress()}`;
  expect(await ask(id, next)).toEqual(ACCEPTED);
  expect(await stored(id)).toEqual({ email: old, email_key: old, verified: false });
  const asked = await mail(id, 'account.email_change_requested');
  expect(asked).toEqual({ email: next, token: expect.any(String) });
  expect(await confirm(asked?.token ?? '')).toEqual(ACCEPTED);
  expect(await stored(id)).toEqual({ email: next, email_key: next.toLowerCase(), verified: true });
  expect(codes(await confirm(asked?.token ?? ''))).toEqual(['TOKEN_INVALID']);
  expect(codes(await refresh(refreshToken))).toEqual([]);
  expect(codes(await signIn(next))).toEqual([]);
  expect(codes(await signIn(old))).toEqual(['INVALID_CREDENTIALS']);
  expect((await mail(id, 'account.email_changed'))?.email).toBe(old);
  expect(await mail(id, 'account.email_change_requested')).toBeNull();
  expect(await published(id)).toEqual([
    'account.registered',
    'account.email_change_requested',
    'account.email_changed',
  ]);
  const kept = await db.query('SELECT hash FROM account_token WHERE hash = $1::bytea', [asked?.token]);
  expect(kept.rows).toEqual([]);
});

test('nothing is mailed without the password, to the own address, to what is no address, nor twice within a minute', async () => {
  const { id, email } = await account();
  expect(codes(await ask(id, newAddress(), 'wrong horse battery'))).toEqual(['INVALID_CREDENTIALS']);
  expect(codes(await ask(id, email.toUpperCase()))).toEqual(['CONFLICT']);
  expect(codes(await ask(id, 'no address'))).toEqual(['INVALID']);
  expect(await published(id)).toEqual(['account.registered']);
  const answers = await Promise.all(Array.from({ length: 3 }, () => ask(id, newAddress())));
  expect(answers.filter(({ accepted }) => accepted)).toHaveLength(1);
  expect(answers.filter(({ accepted }) => !accepted).map(codes)).toEqual([['CONFLICT'], ['CONFLICT']]);
  expect(await published(id)).toEqual(['account.registered', 'account.email_change_requested']);
});

test('a taken address gets the same answer; its owner is told, and gets no link', async () => {
  const [asker, owner] = [await account(), await account()];
  expect(await ask(asker.id, owner.email.toUpperCase())).toEqual(ACCEPTED);
  expect(await mail(asker.id, 'account.email_change_requested')).toEqual({ email: owner.email, token: null });
  const { rows } = await db.query(`SELECT 1 FROM account_token WHERE account_id = $1 AND purpose = 'CHANGE_EMAIL'`, [
    asker.id,
  ]);
  expect(rows).toEqual([]);
});

test('an address that somebody registers before the link is opened stays theirs', async () => {
  const { id, email } = await account();
  const next = newAddress();
  await ask(id, next);
  const asked = await mail(id, 'account.email_change_requested');
  await register(next);
  expect(codes(await confirm(asked?.token ?? ''))).toEqual(['EMAIL_TAKEN']);
  expect((await stored(id)).email).toBe(email);
  expect(await published(id)).toEqual(['account.registered', 'account.email_change_requested']);
});

test('a link is over after a day, and when another address was asked for since', async () => {
  const { id, email } = await account();
  await ask(id, newAddress());
  const first = await mail(id, 'account.email_change_requested');
  await ago(id, '2 minutes');
  const { rows } = await db.query('SELECT id FROM email_change WHERE account_id = $1', [id]);
  await ask(id, newAddress());
  expect(codes(await confirm(first?.token ?? ''))).toEqual(['TOKEN_INVALID']);
  expect(await mailAbout(id, rows[0].id, false)).toBeNull();
  const second = await mail(id, 'account.email_change_requested');
  await db.query(`UPDATE account_token SET expires_at = now() - interval '1 second' WHERE account_id = $1`, [id]);
  expect(codes(await confirm(second?.token ?? ''))).toEqual(['TOKEN_EXPIRED']);
  await ago(id, '25 hours');
  expect(await mail(id, 'account.email_change_requested')).toBeNull();
  expect((await stored(id)).email).toBe(email);
});

test('the old address takes a change back: sessions end, the password works no more, and a new one is chosen by mail', async () => {
  const { id, old, next, refreshToken } = await moved();
  const told = await mail(id, 'account.email_changed');
  expect(await undo(told?.token ?? '')).toEqual(ACCEPTED);
  expect(await stored(id)).toEqual({ email: old, email_key: old, verified: true });
  expect(codes(await refresh(refreshToken))).toEqual(['TOKEN_INVALID']);
  expect(codes(await signIn(old))).toEqual(['INVALID_CREDENTIALS']);
  expect(codes(await signIn(next))).toEqual(['INVALID_CREDENTIALS']);
  expect(codes(await undo(told?.token ?? ''))).toEqual(['TOKEN_INVALID']);
  const { passwordResetToken } = await run<{ passwordResetToken: string }>(
    service('notification'),
    'query T($id: ID!) { userForNotification(id: $id) { passwordResetToken } }',
    { id },
  );
  const reset = await run<Coded>(
    guest,
    'mutation N($t: String!, $p: String!) { passwordReset(token: $t, password: $p) { userErrors { code } } }',
    { t: passwordResetToken, p: 'staple battery horse' },
  );
  expect(codes(reset)).toEqual([]);
  expect(codes(await signIn(old, 'staple battery horse'))).toEqual([]);
  expect((await published(id)).slice(3)).toEqual(['account.password_reset_requested', 'account.password_changed']);
});

test('taking the first change back takes later ones back with it, and their own way back is void', async () => {
  const { id, old, next } = await moved();
  const first = await mail(id, 'account.email_changed');
  await ago(id, '2 minutes');
  await ask(id, newAddress());
  const asked = await mail(id, 'account.email_change_requested');
  expect(await confirm(asked?.token ?? '')).toEqual(ACCEPTED);
  const second = await mail(id, 'account.email_changed');
  expect(second?.email).toBe(next);
  expect(await undo(first?.token ?? '')).toEqual(ACCEPTED);
  expect((await stored(id)).email).toBe(old);
  expect(codes(await undo(second?.token ?? ''))).toEqual(['TOKEN_INVALID']);
  expect(await mail(id, 'account.email_changed')).toBeNull();
  expect((await stored(id)).email).toBe(old);
});

test('taking a change back takes off a second factor that was enrolled since the change was asked for, and leaves an older one', async () => {
  const enrol = (id: string, age: string) =>
    db.query(
      `INSERT INTO second_factor (account_id, key_id, secret, created_at, confirmed_at, not_before)
       VALUES ($1, 'k1', '\\x00', now() - $2::interval, now(), now())`,
      [id, age],
    );
  const factors = async (id: string) =>
    (await db.query('SELECT 1 FROM second_factor WHERE account_id = $1', [id])).rowCount;
  const [mine, theirs] = [await moved(), await moved()];
  await enrol(mine.id, '1 hour');
  await enrol(theirs.id, '0');
  for (const { id } of [mine, theirs]) {
    expect(await undo((await mail(id, 'account.email_changed'))?.token ?? '')).toEqual(ACCEPTED);
  }
  expect([await factors(mine.id), await factors(theirs.id)]).toEqual([1, 0]);
});

test('an address that was given up is kept for its owner for seven days, then anybody may have it', async () => {
  const { id, old } = await moved();
  const told = await mail(id, 'account.email_changed');
  expect(codes(await register(old))).toEqual(['EMAIL_TAKEN']);
  const other = await account();
  await ask(other.id, old);
  expect(await mail(other.id, 'account.email_change_requested')).toBeNull();
  await ago(id, '8 days');
  await db.query(`UPDATE account_token SET expires_at = expires_at - interval '8 days' WHERE account_id = $1`, [id]);
  expect(codes(await undo(told?.token ?? ''))).toEqual(['TOKEN_EXPIRED']);
  expect(await mail(id, 'account.email_changed')).toBeNull();
  expect(codes(await register(old))).toEqual([]);
});

test('links that were mailed to the old address before the change are void with it', async () => {
  const { id, email } = await account();
  const { emailConfirmationToken } = await run<{ emailConfirmationToken: string }>(
    service('notification'),
    'query T($id: ID!) { userForNotification(id: $id) { emailConfirmationToken } }',
    { id },
  );
  await run(guest, 'mutation A($e: String!) { passwordResetRequest(email: $e) { accepted } }', { e: email });
  const { passwordResetToken } = await run<{ passwordResetToken: string }>(
    service('notification'),
    'query T($id: ID!) { userForNotification(id: $id) { passwordResetToken } }',
    { id },
  );
  await ask(id, newAddress());
  expect(await confirm((await mail(id, 'account.email_change_requested'))?.token ?? '')).toEqual(ACCEPTED);
  const used = await run<Coded>(
    guest,
    'mutation C($t: String!) { accountConfirm(token: $t) { userErrors { code } } }',
    {
      t: emailConfirmationToken,
    },
  );
  expect(codes(used)).toEqual(['TOKEN_INVALID']);
  const reset = await run<Coded>(
    guest,
    'mutation N($t: String!, $p: String!) { passwordReset(token: $t, password: $p) { userErrors { code } } }',
    { t: passwordResetToken, p: 'staple battery horse' },
  );
  expect(codes(reset)).toEqual(['TOKEN_INVALID']);
});

test('a link of one kind is of no use for another', async () => {
  const { id, link } = await moved();
  const told = await mail(id, 'account.email_changed');
  expect(codes(await confirm(told?.token ?? ''))).toEqual(['TOKEN_INVALID']);
  expect(codes(await undo(link))).toEqual(['TOKEN_INVALID']);
  expect(codes(await undo('made up'))).toEqual(['TOKEN_INVALID']);
});
