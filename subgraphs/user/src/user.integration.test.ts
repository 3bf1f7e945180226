import { createHash } from 'node:crypto';
import { openDatabase } from '@souk/postgres';
import { createLogger, newId, type Viewer } from '@souk/runtime';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import pg from 'pg';
import { createSessionStore } from './adapters/sessionStore.postgres.js';
import { ADMIN, guest, member, service, startUserFixture, type UserFixture } from './testing/userFixture.js';

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

const ERRORS = 'userErrors { __typename code field ... on LoginAttemptDelayedError { retryAfterSeconds } }';
const SESSION = `accessToken refreshToken expiresIn user { id email emailVerified roles } ${ERRORS}`;
const PASSWORD = 'correct horse battery';

interface UserError {
  __typename: string;
  code: string;
  field: string[] | null;
  retryAfterSeconds?: number;
}
interface Session {
  accessToken: string | null;
  refreshToken: string | null;
  expiresIn: number | null;
  user: { id: string; email: string; emailVerified: boolean; roles: string[] } | null;
  userErrors: UserError[];
}

let people = 0;
const newEmail = () => {
  people += 1;
  return `person${people}@example.com`;
};
async function register(input: object) {
  const doc = `mutation R($input: AccountRegisterInput!) { accountRegister(input: $input) { user { id email emailVerified roles scopes addresses { id } } requiresConfirmation ${ERRORS} } }`;
  const data = await souk.as(guest).request<{
    accountRegister: {
      user: { id: string; email: string } | null;
      requiresConfirmation: boolean;
      userErrors: UserError[];
    };
  }>(doc, { input });
  return data.accountRegister;
}
const client = { ip: '203.0.113.7', userAgent: 'Firefox' };
async function signIn(email: string, password: string, from = client): Promise<Session> {
  const doc = `mutation S($email: String!, $password: String!) { sessionCreate(email: $email, password: $password) { ${SESSION} } }`;
  return (await souk.as(guest, from).request<{ sessionCreate: Session }>(doc, { email, password })).sessionCreate;
}
async function refresh(refreshToken: string | null, from = client): Promise<Session> {
  const doc = `mutation R($t: String) { sessionRefresh(refreshToken: $t) { ${SESSION} } }`;
  return (await souk.as(guest, from).request<{ sessionRefresh: Session }>(doc, { t: refreshToken })).sessionRefresh;
}
async function newUser() {
  const email = newEmail();
  const { user } = await register({ email, password: PASSWORD });
  return { email, id: user?.id as string };
}
async function run<T>(viewer: Viewer, doc: string, variables: object = {}): Promise<T> {
  const data = await souk.as(viewer, client).request<Record<string, T>>(doc, variables);
  return Object.values(data)[0] as T;
}
const codes = (of: { userErrors: UserError[] }) => of.userErrors.map((error) => error.code);

test('an account is usable at once, unconfirmed, and its event carries no personal data', async () => {
  const { user, requiresConfirmation, userErrors } = await register({
    email: ' Ada@Example.com ',
    password: PASSWORD,
    firstName: 'Ada',
    locale: 'en-GB',
  });
  expect({ user, requiresConfirmation, userErrors }).toEqual({
    user: {
      id: expect.stringMatching(/^usr_/),
      email: 'Ada@Example.com',
      emailVerified: false,
      roles: ['CUSTOMER'],
      scopes: [],
      addresses: [],
    },
    requiresConfirmation: false,
    userErrors: [],
  });
  const { rows } = await db.query('SELECT type, pending, data FROM outbox_event WHERE aggregate_id = $1', [user?.id]);
  expect(rows).toEqual([{ type: 'account.registered', pending: ['notification'], data: { userId: user?.id } }]);
  const stored = (await db.query('SELECT password_hash FROM account WHERE id = $1', [user?.id])).rows[0].password_hash;
  expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect((await signIn('ada@example.COM', PASSWORD)).user?.id).toBe(user?.id);
});

test('an address has one account, whatever its case and however many register it at once', async () => {
  const email = newEmail();
  const results = await Promise.all([1, 2, 3].map(() => register({ email, password: PASSWORD })));
  expect(results.filter((result) => result.user !== null)).toHaveLength(1);
  expect(codes(await register({ email: email.toUpperCase(), password: PASSWORD }))).toEqual(['EMAIL_TAKEN']);
  expect((await db.query('SELECT 1 FROM account WHERE email_key = $1', [email])).rowCount).toBe(1);
});

test.each([
  ['not an address', { email: 'ada', password: PASSWORD }, ['INVALID']],
  ['a header in the address', { email: 'a@b.com\r\nBcc: x@y.com', password: PASSWORD }, ['INVALID']],
  ['a short password', { email: 'a1@example.com', password: 'short' }, ['PASSWORD_TOO_WEAK']],
  ['a common password', { email: 'a2@example.com', password: 'Password123' }, ['PASSWORD_TOO_WEAK']],
  ['the address as password', { email: 'abcdef@example.com', password: 'abcdef@example.com' }, ['PASSWORD_TOO_WEAK']],
  ['a password like a book', { email: 'a3@example.com', password: 'x1y2z3'.repeat(50) }, ['PASSWORD_TOO_WEAK']],
  [
    'a line break in a name',
    { email: 'a4@example.com', password: PASSWORD, firstName: 'A\nB', locale: '!' },
    ['INVALID', 'INVALID'],
  ],
])('%s is refused, and there is no account and no event', async (_name, input, expected) => {
  const before = (await db.query('SELECT (SELECT count(*) FROM account) + (SELECT count(*) FROM outbox_event) AS n'))
    .rows;
  expect(codes(await register(input))).toEqual(expected);
  expect(
    (await db.query('SELECT (SELECT count(*) FROM account) + (SELECT count(*) FROM outbox_event) AS n')).rows,
  ).toEqual(before);
});

test('an access token verifies against the published key and says who, which session, what they may', async () => {
  const session = await signIn(ADMIN.email, ADMIN.password);
  const keys = createRemoteJWKSet(new URL(`${souk.url}/.well-known/jwks.json`));
  const { payload, protectedHeader } = await jwtVerify(session.accessToken as string, keys, {
    issuer: 'souk',
    audience: 'souk',
    typ: 'at+jwt',
    algorithms: ['EdDSA'],
  });
  expect(payload).toMatchObject({
    sub: session.user?.id,
    sid: expect.stringMatching(/^ses_/),
    jti: expect.any(String),
    roles: ['CUSTOMER', 'ADMIN'],
  });
  expect(payload.scopes).toEqual(expect.arrayContaining(['users:write', 'ops:write', 'catalog:write', 'orders:read']));
  expect(Number(payload.exp) - Math.floor(Number(payload.iat))).toBe(600);
  const published = (await (await fetch(`${souk.url}/.well-known/jwks.json`)).json()) as { keys: object[] };
  expect(published.keys).toEqual([
    { kty: 'OKP', crv: 'Ed25519', x: expect.any(String), kid: protectedHeader.kid, alg: 'EdDSA', use: 'sig' },
  ]);
});

test('signing in costs two statements and one hash, refreshing one and none, and neither token is stored', async () => {
  const { email } = await newUser();
  const hashes = async () =>
    Number(/^souk_password_hashes_total (\d+)$/m.exec(await (await fetch(`${souk.url}/metrics`)).text())?.[1]);
  const before = await hashes();
  const doc = `mutation S($email: String!, $password: String!) { sessionCreate(email: $email, password: $password) { ${SESSION} } }`;
  const answer = await souk.as(guest, client).send<{ sessionCreate: Session }>(doc, { email, password: PASSWORD });
  expect(answer.headers.get('x-souk-statements')).toBe('2');
  const token = answer.data?.sessionCreate.refreshToken as string;
  const refreshed = await souk
    .as(guest, client)
    .send('mutation R($t: String) { sessionRefresh(refreshToken: $t) { accessToken } }', { t: token });
  expect(refreshed.headers.get('x-souk-statements')).toBe('1');
  expect(await hashes()).toBe(before + 1);
  const { rows } = await db.query('SELECT hash FROM refresh_token WHERE hash = $1', [
    createHash('sha256').update(token).digest(),
  ]);
  expect(rows).toHaveLength(1);
});

test('unknown address and wrong password get the same answer, and both cost a hash', async () => {
  const { email } = await newUser();
  const time = async (address: string, password: string) => {
    const start = performance.now();
    const session = await signIn(address, password, { ip: `198.51.100.${people}`, userAgent: 'x' });
    return { session, ms: performance.now() - start };
  };
  const wrong = await time(email, 'wrong password');
  const unknown = await time('nobody@example.com', 'wrong password');
  expect(wrong.session).toEqual(unknown.session);
  expect(codes(unknown.session)).toEqual(['INVALID_CREDENTIALS']);
  expect(unknown.ms).toBeGreaterThan(wrong.ms / 4);
  expect(codes(await signIn(email, 'x'.repeat(10_000)))).toEqual(['INVALID_CREDENTIALS']);
});

test('twenty guesses at once are counted each: five are tried, the others wait, and the right password works after it', async () => {
  const { email } = await newUser();
  const from = performance.now();
  const guesses = await Promise.all(Array.from({ length: 20 }, () => signIn(email, 'wrong password')));
  const seconds = (performance.now() - from) / 1_000;
  const answers = guesses.flatMap(codes);
  expect(new Set(answers)).toEqual(new Set(['INVALID_CREDENTIALS', 'LOGIN_ATTEMPT_DELAYED']));
  const tried = answers.filter((code) => code === 'INVALID_CREDENTIALS').length;
  // The sixth may be tried a second after the fifth, which on a busy machine is before the last of them is answered.
  expect(tried).toBeGreaterThanOrEqual(5);
  expect(tried).toBeLessThanOrEqual(5 + Math.floor(seconds));
  await db.query(
    `UPDATE login_throttle SET not_before = not_before + interval '60 seconds' WHERE not_before > last_attempt_at`,
  );
  const early = await signIn(email, PASSWORD);
  expect(early.userErrors).toEqual([
    {
      __typename: 'LoginAttemptDelayedError',
      code: 'LOGIN_ATTEMPT_DELAYED',
      field: null,
      retryAfterSeconds: expect.any(Number),
    },
  ]);
  expect((await signIn(email, PASSWORD, { ...client, ip: '192.0.2.1' })).accessToken).toEqual(expect.any(String));
  expect(early.userErrors[0]?.retryAfterSeconds).toBeGreaterThan(50);
  await db.query(`UPDATE login_throttle SET not_before = now() - interval '1 second'`);
  expect((await signIn(email, PASSWORD)).accessToken).toEqual(expect.any(String));
  expect(codes(await signIn(email, 'wrong password'))).toEqual(['INVALID_CREDENTIALS']);
});

test('of two sign-ins at once neither has to wait, whichever is counted first', async () => {
  const { email } = await newUser();
  const database = openDatabase({ url: souk.databaseUrl, service: 'user', logger: createLogger('test', 'silent') });
  const now = Date.now();
  const attempt = (at: number) =>
    createSessionStore(database).attempt({
      throttleKey: createHash('sha256').update(email).digest(),
      emailKey: email,
      attemptId: newId('req'),
      now: new Date(at),
      ip: '198.51.100.77',
    });
  try {
    expect(await attempt(now)).toMatchObject({ delayedUntil: undefined });
    expect(await attempt(now - 20)).toMatchObject({ delayedUntil: undefined });
    for (let failures = 2; failures < 5; failures += 1) await attempt(now);
    expect(await attempt(now - 20)).toMatchObject({ delayedUntil: expect.any(Date) });
  } finally {
    await database.close();
  }
});

test('a refresh token is good once: its second use ends the session for whoever holds it', async () => {
  const { email } = await newUser();
  const first = await signIn(email, PASSWORD);
  const second = await refresh(first.refreshToken);
  const third = await refresh(second.refreshToken);
  expect(third.userErrors).toEqual([]);
  expect(codes(await refresh(first.refreshToken))).toEqual(['TOKEN_REUSED']);
  expect(codes(await refresh(third.refreshToken))).toEqual(['TOKEN_INVALID']);
  expect(codes(await refresh('unknown'))).toEqual(['TOKEN_INVALID']);
  expect(codes(await refresh(null))).toEqual(['REQUIRED']);
});

test('a client that lost the answer may ask again at once; its lost token is dead; another client may not', async () => {
  const { email } = await newUser();
  const first = await signIn(email, PASSWORD);
  const lost = await refresh(first.refreshToken);
  const again = await refresh(first.refreshToken);
  expect(again.userErrors).toEqual([]);
  expect(codes(await refresh(lost.refreshToken))).toEqual(['TOKEN_REUSED']);

  const other = await signIn(email, PASSWORD);
  await refresh(other.refreshToken);
  expect(codes(await refresh(other.refreshToken, { ...client, userAgent: 'curl' }))).toEqual(['TOKEN_REUSED']);

  const late = await signIn(email, PASSWORD);
  const next = await refresh(late.refreshToken);
  await db.query(`UPDATE refresh_token SET used_at = used_at - interval '31 seconds' WHERE used_at IS NOT NULL`);
  expect(codes(await refresh(late.refreshToken))).toEqual(['TOKEN_REUSED']);
  expect(codes(await refresh(next.refreshToken))).toEqual(['TOKEN_INVALID']);
});

test('ten refreshes at once with one token leave one live token', async () => {
  const { email, id } = await newUser();
  const session = await signIn(email, PASSWORD);
  const results = await Promise.all(Array.from({ length: 10 }, () => refresh(session.refreshToken)));
  expect(results.flatMap(codes)).toEqual([]);
  const { rows } = await db.query(
    'SELECT count(*)::int AS live FROM refresh_token t JOIN session s ON s.id = t.session_id WHERE s.account_id = $1 AND t.used_at IS NULL',
    [id],
  );
  expect(rows).toEqual([{ live: 1 }]);
});

test('sessions are listed to their user alone and end one by one or all together', async () => {
  const { email, id } = await newUser();
  const [one, two] = [
    await signIn(email, PASSWORD),
    await signIn(email, PASSWORD, { ip: '192.0.2.9', userAgent: 'Safari' }),
  ];
  const doc = '{ me { sessions { id userAgent ip isCurrent } } }';
  const { sessions } = await run<{ sessions: { id: string; userAgent: string; isCurrent: boolean }[] }>(
    member(id),
    doc,
  );
  expect(sessions.map((session) => session.userAgent)).toEqual(['Safari', 'Firefox']);
  const [safari, firefox] = sessions.map((session) => session.id);
  const revoke = 'mutation R($id: ID) { sessionRevoke(id: $id) { accepted userErrors { code } } }';
  const { id: strangerId } = await newUser();
  expect(await run(member(strangerId), revoke, { id: safari })).toEqual({
    accepted: false,
    userErrors: [{ code: 'NOT_FOUND' }],
  });
  expect(await run(member(id), revoke, { id: safari })).toEqual({ accepted: true, userErrors: [] });
  expect(codes(await refresh(two.refreshToken, { ip: '192.0.2.9', userAgent: 'Safari' }))).toEqual(['TOKEN_INVALID']);
  expect((await refresh(one.refreshToken)).userErrors).toEqual([]);
  const three = await signIn(email, PASSWORD);
  await run(member(id, [], firefox), 'mutation { sessionsRevokeAll(exceptCurrent: true) { accepted } }');
  expect(codes(await refresh(three.refreshToken))).toEqual(['TOKEN_INVALID']);
  expect(await run(member(id, [], firefox), '{ me { sessions { id isCurrent } } }')).toEqual({
    sessions: [{ id: firefox, isCurrent: true }],
  });
});

test('a confirmation link works once, verifies the address and signs in; only its hash is stored', async () => {
  const { id } = await newUser();
  const ask =
    'query N($id: ID!) { userForNotification(id: $id) { email isActive emailVerified emailConfirmationToken } }';
  const { emailConfirmationToken: token } = await run<{ emailConfirmationToken: string }>(
    service('notification'),
    ask,
    { id },
  );
  const { rows } = await db.query('SELECT hash FROM account_token WHERE account_id = $1', [id]);
  expect(rows).toEqual([{ hash: createHash('sha256').update(token).digest() }]);
  const confirm = `mutation C($token: String!) { accountConfirm(token: $token) { ${SESSION} } }`;
  const results = await Promise.all([1, 2].map(() => run<Session>(guest, confirm, { token })));
  expect(results.map((result) => codes(result)[0] ?? 'ok').sort()).toEqual(['TOKEN_INVALID', 'ok']);
  expect(results.find((result) => result.user)?.user).toMatchObject({ id, emailVerified: true });
  expect(await run(service('notification'), ask, { id })).toMatchObject({
    emailVerified: true,
    emailConfirmationToken: null,
  });

  const { id: late } = await newUser();
  const { emailConfirmationToken: old } = await run<{ emailConfirmationToken: string }>(service('notification'), ask, {
    id: late,
  });
  await db.query(`UPDATE account_token SET expires_at = now() - interval '1 second' WHERE account_id = $1`, [late]);
  expect(codes(await run<Session>(guest, confirm, { token: old }))).toEqual(['TOKEN_EXPIRED']);
  for (const viewer of [guest, member(id), service('order')]) {
    expect((await souk.as(viewer).send(ask, { id })).errors[0]?.extensions?.code).toBe(
      viewer === guest ? 'UNAUTHENTICATED' : 'FORBIDDEN',
    );
  }
});

test('changing the password needs the current one and ends the other sessions', async () => {
  const { email, id } = await newUser();
  const session = await signIn(email, PASSWORD);
  const doc = `mutation P($a: String!, $b: String!) { passwordChange(currentPassword: $a, newPassword: $b) { accepted ${ERRORS} } }`;
  const change = (a: string, b: string) =>
    run<{ accepted: boolean; userErrors: UserError[] }>(member(id), doc, { a, b });
  expect(codes(await change('wrong password', 'another good one'))).toEqual(['INVALID_CREDENTIALS']);
  expect(codes(await change(PASSWORD, 'weak'))).toEqual(['PASSWORD_TOO_WEAK']);
  expect((await signIn(email, PASSWORD)).userErrors).toEqual([]);
  expect(await change(PASSWORD, 'another good one')).toEqual({ accepted: true, userErrors: [] });
  expect(codes(await signIn(email, PASSWORD))).toEqual(['INVALID_CREDENTIALS']);
  expect((await signIn(email, 'another good one')).userErrors).toEqual([]);
  expect(codes(await refresh(session.refreshToken))).toEqual(['TOKEN_INVALID']);
});

const address = {
  fullName: 'Ada Lovelace',
  streetLine1: 'Hauptstr. 1',
  city: 'Berlin',
  postalCode: '10115',
  countryCode: 'DE',
};

test('addresses: the first is the default for both, defaults move, deleting takes them away, others cannot touch them', async () => {
  const { id } = await newUser();
  const { id: stranger } = await newUser();
  const FIELDS = `address { id isDefaultShipping isDefaultBilling address { city } } ${ERRORS}`;
  type Payload = {
    address: { id: string; isDefaultShipping: boolean; isDefaultBilling: boolean } | null;
    userErrors: UserError[];
  };
  const add = `mutation A($input: AddressInput!, $for: [AddressType!]) { addressCreate(input: $input, defaultFor: $for) { ${FIELDS} } }`;
  const first = await run<Payload>(member(id), add, { input: address });
  expect(first.address).toMatchObject({ isDefaultShipping: true, isDefaultBilling: true });
  const second = await run<Payload>(member(id), add, { input: { ...address, city: 'Köln' }, for: ['BILLING'] });
  expect(second.address).toMatchObject({ isDefaultShipping: false, isDefaultBilling: true });
  const update = `mutation U($id: ID!, $input: AddressInput!) { addressUpdate(id: $id, input: $input) { ${FIELDS} } }`;
  expect(codes(await run<Payload>(member(stranger), update, { id: first.address?.id, input: address }))).toEqual([
    'NOT_FOUND',
  ]);
  expect(
    codes(
      await run<Payload>(member(id), update, {
        id: first.address?.id,
        input: { ...address, city: '', countryCode: 'XX' },
      }),
    ),
  ).toEqual(['INVALID', 'REQUIRED']);
  const remove = 'mutation D($id: ID!) { addressDelete(id: $id) { accepted } }';
  expect(await run(member(stranger), remove, { id: second.address?.id })).toEqual({ accepted: false });
  expect(await run(member(id), remove, { id: second.address?.id })).toEqual({ accepted: true });
  const defaults =
    '{ me { addresses { address { city } } defaultShippingAddress { id } defaultBillingAddress { id } } }';
  expect(await run(member(id), defaults)).toEqual({
    addresses: [{ address: { city: 'Berlin' } }],
    defaultShippingAddress: { id: first.address?.id },
    defaultBillingAddress: null,
  });
  const set = `mutation S($id: ID!) { addressDefaultSet(id: $id, type: BILLING) { ${FIELDS} } }`;
  expect((await run<Payload>(member(id), set, { id: first.address?.id })).address?.isDefaultBilling).toBe(true);
  await Promise.all(Array.from({ length: 52 }, () => run(member(id), add, { input: address })));
  expect((await db.query('SELECT count(*)::int AS n FROM address WHERE account_id = $1', [id])).rows).toEqual([
    { n: 50 },
  ]);
});

test('an account is seen by itself, by staff that may, and by services; strangers get nothing', async () => {
  const { id, email } = await newUser();
  await run(member(id), 'mutation A($input: AddressInput!) { addressCreate(input: $input) { address { id } } }', {
    input: address,
  });
  const doc =
    'query E($r: [_Any!]!) { _entities(representations: $r) { ... on User { email addresses { id } sessions { id } } } }';
  const seenBy = async (viewer: Viewer) =>
    (await souk.as(viewer).send<{ _entities: unknown[] }>(doc, { r: [{ __typename: 'User', id }] })).data?._entities;
  const addresses = [{ id: expect.any(String) }];
  expect(await seenBy(member(id))).toEqual([{ email, addresses, sessions: [] }]);
  expect(await seenBy(member('usr_staff', ['users:read']))).toEqual([{ email, addresses, sessions: null }]);
  expect(await seenBy(member('usr_staff', ['orders:read']))).toEqual([{ email, addresses: null, sessions: null }]);
  for (const viewer of [guest, member('usr_stranger'), member('usr_staff', ['catalog:write'])])
    expect(await seenBy(viewer)).toEqual([null]);
  expect(await run(guest, '{ me { id } }')).toBeNull();
  for (const query of ['{ users { totalCount } }', `{ user(id: "${id}") { id } }`]) {
    expect((await souk.as(member(id)).send(query)).errors[0]?.extensions?.code).toBe('FORBIDDEN');
  }
});

test('ten accounts behind one entity request cost one statement', async () => {
  const ids = await Promise.all(Array.from({ length: 10 }, async () => (await newUser()).id));
  const answer = await souk
    .as(service('order'))
    .send('query E($r: [_Any!]!) { _entities(representations: $r) { ... on User { email } } }', {
      r: ids.map((id) => ({ __typename: 'User', id })),
    });
  expect(answer.headers.get('x-souk-statements')).toBe('1');
});

test('staff search accounts page by page, newest first', async () => {
  const email = newEmail();
  await register({ email, password: PASSWORD, firstName: 'Zora', lastName: '100%' });
  const doc = `query U($f: UserFilterInput, $after: String) { users(first: 2, after: $after, filter: $f) { nodes { email } edges { cursor } totalCount pageInfo { hasNextPage hasPreviousPage endCursor } } }`;
  interface Page {
    nodes: { email: string }[];
    totalCount: number;
    pageInfo: { hasNextPage: boolean; endCursor: string };
  }
  const staff = member('usr_staff', ['users:read']);
  expect(await run<Page>(staff, doc, { f: { search: 'zora 100%' } })).toMatchObject({
    nodes: [{ email }],
    totalCount: 1,
    pageInfo: { hasNextPage: false },
  });
  expect((await run<Page>(staff, doc, { f: { search: '_ora' } })).totalCount).toBe(0);
  const first = await run<Page>(staff, doc, { f: { role: 'CUSTOMER', isActive: true } });
  const second = await run<Page>(staff, doc, {
    f: { role: 'CUSTOMER', isActive: true },
    after: first.pageInfo.endCursor,
  });
  expect(new Set([...first.nodes, ...second.nodes].map((node) => node.email)).size).toBe(4);
  expect((await souk.as(staff).send(doc, { after: 'nonsense' })).errors[0]?.extensions?.code).toBe('BAD_USER_INPUT');
});

test('roles are granted by those that may and effective at the next refresh; nobody degrades themselves', async () => {
  const { email, id } = await newUser();
  const session = await signIn(email, PASSWORD);
  const doc = `mutation R($id: ID!, $roles: [Role!]!) { userRolesUpdate(userId: $id, roles: $roles) { user { roles } ${ERRORS} } }`;
  for (const scopes of [[], ['users:read']]) {
    expect((await souk.as(member(id, scopes)).send(doc, { id, roles: ['ADMIN'] })).errors[0]?.extensions?.code).toBe(
      'FORBIDDEN',
    );
  }
  const admin = member('usr_admin', ['users:write']);
  expect(await run(admin, doc, { id, roles: ['STAFF'] })).toEqual({
    user: { roles: ['CUSTOMER', 'STAFF'] },
    userErrors: [],
  });
  const token = (await refresh(session.refreshToken)).accessToken as string;
  expect(JSON.parse(Buffer.from(token.split('.')[1] as string, 'base64url').toString()).scopes).toContain(
    'orders:write',
  );
  expect(codes(await run(admin, doc, { id: 'usr_nobody', roles: [] }))).toEqual(['NOT_FOUND']);
  expect(codes(await run(admin, doc, { id: 'usr_admin', roles: ['STAFF'] }))).toEqual(['CONFLICT']);
});

test('a disabled account is out: sessions end, the right password says so, the wrong one does not', async () => {
  const { email, id } = await newUser();
  const session = await signIn(email, PASSWORD);
  const doc = `mutation A($id: ID!, $on: Boolean!) { userActiveSet(userId: $id, isActive: $on, reason: OTHER) { user { isActive } ${ERRORS} } }`;
  const admin = member('usr_admin', ['users:support']);
  expect(await run(admin, doc, { id, on: false })).toEqual({ user: { isActive: false }, userErrors: [] });
  expect(codes(await refresh(session.refreshToken))).toEqual(['TOKEN_INVALID']);
  expect(codes(await signIn(email, PASSWORD))).toEqual(['ACCOUNT_DISABLED']);
  expect(codes(await signIn(email, 'wrong password'))).toEqual(['INVALID_CREDENTIALS']);
  expect(codes(await run(admin, doc, { id: 'usr_admin', on: false }))).toEqual(['CONFLICT']);
  await run(admin, doc, { id, on: true });
  expect((await signIn(email, PASSWORD)).userErrors).toEqual([]);
});

test('a restart makes no second administrator, resets no password and raises nobody', async () => {
  await souk.restart({ BOOTSTRAP_ADMIN_PASSWORD: 'some other password' });
  expect((await signIn(ADMIN.email, ADMIN.password)).user?.roles).toEqual(['CUSTOMER', 'ADMIN']);
  const { email } = await newUser();
  await souk.restart({ BOOTSTRAP_ADMIN_EMAIL: email });
  expect((await signIn(email, PASSWORD)).user?.roles).toEqual(['CUSTOMER']);
});

test('a profile changes in the given parts only', async () => {
  const { id } = await newUser();
  const doc = `mutation U($input: AccountUpdateInput!) { accountUpdate(input: $input) { user { firstName lastName phone } ${ERRORS} } }`;
  expect(await run(member(id), doc, { input: { firstName: ' Ada ', phone: '+49 30 123456' } })).toEqual({
    user: { firstName: 'Ada', lastName: null, phone: '+49 30 123456' },
    userErrors: [],
  });
  expect(await run(member(id), doc, { input: { phone: null } })).toMatchObject({
    user: { firstName: 'Ada', phone: null },
  });
  expect(codes(await run(member(id), doc, { input: { phone: 'call me' } }))).toEqual(['INVALID']);
});
