import { randomBytes } from 'node:crypto';
import { eventually } from '@souk/testkit';
import pg from 'pg';
import { codeOf, secretOf, wrongCodeOf } from './testing/authenticator.js';
import { ADMIN, guest, member, service, startUserFixture, type UserFixture } from './testing/userFixture.js';

const [FIRST_KEY, SECOND_KEY] = [randomBytes(32), randomBytes(32)].map((key) => key.toString('base64url'));
let souk: UserFixture;
let db: pg.Client;
beforeAll(async () => {
  souk = await startUserFixture({ SECOND_FACTOR_KEYS: JSON.stringify({ k1: FIRST_KEY }) });
  db = new pg.Client({ connectionString: souk.databaseUrl });
  await db.connect();
});
afterAll(async () => {
  await db?.end();
  await souk?.close();
});

const client = { ip: '203.0.113.7', userAgent: 'Firefox' };
const PASSWORD = 'correct horse battery';
type As = UserFixture['as'];
type Coded = { userErrors: { code: string; retryAfterSeconds?: number }[] };
interface Session extends Coded {
  accessToken: string | null;
  refreshToken: string | null;
  user: { id: string; roles: string[]; scopes: string[] } | null;
  secondFactorRequired: { challenge: string; expiresIn: number } | null;
  secondFactorEnrollmentRequired: boolean;
}
const ERRORS = 'userErrors { code ... on LoginAttemptDelayedError { retryAfterSeconds } }';
const SESSION = `accessToken refreshToken user { id roles scopes } secondFactorRequired { challenge expiresIn } secondFactorEnrollmentRequired ${ERRORS}`;
const SIGN_IN = `mutation S($e: String!, $p: String!) { sessionCreate(email: $e, password: $p) { ${SESSION} } }`;
const ANSWER = `mutation A($challenge: String!, $code: String!) { sessionSecondFactor(challenge: $challenge, code: $code) { ${SESSION} } }`;
const REFRESH = `mutation R($t: String) { sessionRefresh(refreshToken: $t) { ${SESSION} } }`;

const run = async <T>(viewer: Parameters<As>[0], doc: string, variables: object = {}, as: As = souk.as): Promise<T> =>
  Object.values(await as(viewer, client).request<Record<string, T>>(doc, variables))[0] as T;
const codes = (of: Coded) => of.userErrors.map(({ code }) => code);
const signIn = (email: string, password = PASSWORD, as?: As) =>
  run<Session>(guest, SIGN_IN, { e: email, p: password }, as);
const answer = (challenge: string, code: string, as?: As) => run<Session>(guest, ANSWER, { challenge, code }, as);
const refresh = (session: Session, as?: As) => run<Session>(guest, REFRESH, { t: session.refreshToken }, as);
const claims = (session: Session) =>
  JSON.parse(Buffer.from(session.accessToken?.split('.')[1] ?? '', 'base64url').toString()) as {
    sid: string;
    roles: string[];
    scopes: string[];
  };
async function challengeOf(email: string): Promise<string> {
  const { secondFactorRequired } = await signIn(email);
  if (!secondFactorRequired) throw new Error('no second factor was asked for');
  return secondFactorRequired.challenge;
}

interface Person {
  readonly id: string;
  readonly email: string;
  /** Signed in, as the gateway tells it. */
  readonly viewer: ReturnType<typeof member>;
}
let people = 0;
async function person(as: As = souk.as): Promise<Person> {
  people += 1;
  const email = `two-step${people}@example.com`;
  const register = 'mutation R($input: AccountRegisterInput!) { accountRegister(input: $input) { user { id } } }';
  const { user } = await run<{ user: { id: string } }>(guest, register, { input: { email, password: PASSWORD } }, as);
  return { id: user.id, email, viewer: member(user.id, [], claims(await signIn(email, PASSWORD, as)).sid) };
}
const enroll = (viewer: Person['viewer'], password = PASSWORD, as?: As) =>
  run<Coded & { secret: string | null; uri: string | null }>(
    viewer,
    `mutation E($p: String!) { secondFactorEnroll(password: $p) { secret uri ${ERRORS} } }`,
    { p: password },
    as,
  );
const confirm = (viewer: Person['viewer'], code: string, as?: As) =>
  run<Coded & { recoveryCodes: string[] | null }>(
    viewer,
    `mutation C($code: String!) { secondFactorConfirm(code: $code) { recoveryCodes ${ERRORS} } }`,
    { code },
    as,
  );
const disable = (viewer: Person['viewer'], code: string, password = PASSWORD) =>
  run<Coded>(
    viewer,
    `mutation D($p: String!, $code: String!) { secondFactorDisable(password: $p, code: $code) { ${ERRORS} } }`,
    { p: password, code },
  );
const renew = (viewer: Person['viewer'], code: string, password = PASSWORD) =>
  run<Coded & { recoveryCodes: string[] | null }>(
    viewer,
    `mutation N($p: String!, $code: String!) { secondFactorRecoveryCodesRenew(password: $p, code: $code) { recoveryCodes ${ERRORS} } }`,
    { p: password, code },
  );

/** Somebody with a second factor that was confirmed a while ago, so that the code of now is fresh. */
async function protectedPerson(as: As = souk.as) {
  const someone = await person(as);
  const { uri } = await enroll(someone.viewer, PASSWORD, as);
  const { recoveryCodes } = await confirm(someone.viewer, codeOf(uri as string), as);
  await db.query('UPDATE second_factor SET last_step = last_step - 2 WHERE account_id = $1', [someone.id]);
  return { ...someone, uri: uri as string, recoveryCodes: recoveryCodes as string[] };
}
const published = async (id: string) =>
  (
    await db.query(
      `SELECT type FROM outbox_event WHERE aggregate_id = $1 AND type LIKE 'account.second%' ORDER BY occurred_at`,
      [id],
    )
  ).rows.map(({ type }) => type);
/** Everything that a refused attempt must leave as it is. */
const stateOf = async (id: string) =>
  (
    await db.query(
      `SELECT confirmed_at, secret, last_step, (SELECT array_agg(hash || coalesce(used_at::text, '')::bytea ORDER BY hash) FROM recovery_code WHERE account_id = $1) AS codes,
         (SELECT array_agg(id ORDER BY id) FROM session WHERE account_id = $1 AND revoked_at IS NULL) AS sessions,
         (SELECT count(*) FROM outbox_event WHERE aggregate_id = $1) AS events
       FROM second_factor WHERE account_id = $1`,
      [id],
    )
  ).rows;

describe('switching on', () => {
  test('enrolling asks for the password and changes nothing yet; the first code switches it on, ends other sessions, and is told', async () => {
    const { id, email, viewer } = await person();
    expect(codes(await enroll(viewer, 'wrong password'))).toEqual(['INVALID_CREDENTIALS']);
    const other = await signIn(email);
    const { secret, uri, userErrors } = await enroll(viewer);
    expect(userErrors).toEqual([]);
    expect(uri).toBe(
      `otpauth://totp/Souk:${encodeURIComponent(email)}?secret=${secret}&issuer=Souk&algorithm=SHA1&digits=6&period=30`,
    );
    expect((await signIn(email)).accessToken).toEqual(expect.any(String));
    expect(codes(await confirm(viewer, wrongCodeOf(uri as string)))).toEqual(['CODE_INVALID']);
    expect(await published(id)).toEqual([]);
    const done = await confirm(viewer, codeOf(uri as string));
    expect(done.userErrors).toEqual([]);
    expect(new Set(done.recoveryCodes).size).toBe(10);
    expect(await published(id)).toEqual(['account.second_factor_enabled']);
    expect(codes(await refresh(other))).toEqual(['TOKEN_INVALID']);
    const me = await run(
      viewer,
      '{ me { secondFactor { isEnabled enabledAt recoveryCodesLeft isRequired } sessions { isCurrent } } }',
    );
    expect(me).toEqual({
      secondFactor: { isEnabled: true, enabledAt: expect.any(String), recoveryCodesLeft: 10, isRequired: false },
      sessions: [{ isCurrent: true }],
    });
    expect(codes(await enroll(viewer))).toEqual(['CONFLICT']);
    expect(codes(await confirm(viewer, codeOf(uri as string, 1)))).toEqual(['CONFLICT']);
  });

  test('of two secrets only the one that was enrolled last can be confirmed', async () => {
    const { viewer } = await person();
    const first = await enroll(viewer);
    const second = await enroll(viewer);
    expect(codes(await confirm(viewer, codeOf(first.uri as string)))).toEqual(['CODE_INVALID']);
    expect(codes(await confirm(viewer, codeOf(second.uri as string)))).toEqual([]);
  });

  test('confirming without a secret is refused; confirming twice at once gives one set of recovery codes', async () => {
    const { id, viewer } = await person();
    expect(codes(await confirm(viewer, '123456'))).toEqual(['CONFLICT']);
    const { uri } = await enroll(viewer);
    const code = codeOf(uri as string);
    const both = await Promise.all([confirm(viewer, code), confirm(viewer, code)]);
    expect(both.map((one) => codes(one)[0] ?? 'ok').sort()).toEqual(['CONFLICT', 'ok']);
    expect((await db.query('SELECT 1 FROM recovery_code WHERE account_id = $1', [id])).rowCount).toBe(10);
    expect(await published(id)).toEqual(['account.second_factor_enabled']);
  });

  test('nothing that signs in is stored as it is: not the secret, not a recovery code, not a challenge', async () => {
    const { id, email, uri, recoveryCodes } = await protectedPerson();
    const challenge = await challengeOf(email);
    const { rows } = await db.query(
      `SELECT (SELECT row_to_json(f)::text FROM second_factor f WHERE account_id = $1)
           || (SELECT json_agg(r)::text FROM recovery_code r WHERE account_id = $1)
           || (SELECT json_agg(c)::text FROM second_factor_challenge c WHERE account_id = $1) AS stored`,
      [id],
    );
    for (const text of [secretOf(uri).toString('hex'), challenge, ...recoveryCodes]) {
      expect(rows[0].stored).not.toContain(text);
      expect(rows[0].stored).not.toContain(Buffer.from(text).toString('hex'));
    }
  });
});

describe('signing in', () => {
  test('the password gives a challenge and no tokens; the code gives the session, and refreshing goes on with it', async () => {
    const { id, email, uri } = await protectedPerson();
    const first = await signIn(email);
    expect(first).toEqual({
      accessToken: null,
      refreshToken: null,
      user: null,
      secondFactorRequired: { challenge: expect.stringMatching(/^[\w-]{43}$/), expiresIn: 300 },
      secondFactorEnrollmentRequired: false,
      userErrors: [],
    });
    const session = await answer(first.secondFactorRequired?.challenge as string, codeOf(uri));
    expect(session).toMatchObject({ user: { id }, secondFactorRequired: null, userErrors: [] });
    const next = await refresh(session);
    expect(next.userErrors).toEqual([]);
    expect(claims(next).sid).toBe(claims(session).sid);
  });

  test('costs two statements and one hash, and two statements and no hash more for the code', async () => {
    const { email, uri } = await protectedPerson();
    const hashes = async () =>
      Number(/^souk_password_hashes_total (\d+)$/m.exec(await (await fetch(`${souk.url}/metrics`)).text())?.[1]);
    const before = await hashes();
    const first = await souk.as(guest, client).send<{ sessionCreate: Session }>(SIGN_IN, { e: email, p: PASSWORD });
    expect(first.headers.get('x-souk-statements')).toBe('2');
    expect(await hashes()).toBe(before + 1);
    const challenge = first.data?.sessionCreate.secondFactorRequired?.challenge;
    const second = await souk.as(guest, client).send(ANSWER, { challenge, code: codeOf(uri) });
    expect(second.headers.get('x-souk-statements')).toBe('2');
    expect(await hashes()).toBe(before + 1);
  });

  test('a wrong password says nothing about the second factor', async () => {
    const { email } = await protectedPerson();
    const plain = await person();
    expect(await signIn(email, 'wrong password')).toEqual(await signIn(plain.email, 'wrong password'));
  });

  test('a code is good once, even when it is entered twice at once, and a challenge opens one session', async () => {
    const { id, email, uri } = await protectedPerson();
    const challenges = [await challengeOf(email), await challengeOf(email)];
    const code = codeOf(uri);
    const both = await Promise.all(challenges.map((challenge) => answer(challenge, code)));
    expect(both.map((one) => codes(one)[0] ?? 'ok').sort()).toEqual(['CODE_INVALID', 'ok']);
    const opened = challenges[both.findIndex((one) => one.accessToken)] as string;
    expect(codes(await answer(opened, codeOf(uri, 1)))).toEqual(['TOKEN_INVALID']);
    const { rows } = await db.query(
      'SELECT count(*)::int AS n FROM session WHERE account_id = $1 AND second_factor AND revoked_at IS NULL',
      [id],
    );
    expect(rows).toEqual([{ n: 2 }]); // the one that switched it on, and this one
  });

  test('two good codes at once on one challenge open one session, and the other code stays good', async () => {
    const { email, uri, recoveryCodes } = await protectedPerson();
    for (const recovery of recoveryCodes.slice(0, 5)) {
      await db.query('UPDATE second_factor SET last_step = last_step - 2');
      const challenge = await challengeOf(email);
      const both = await Promise.all([codeOf(uri), recovery].map((code) => answer(challenge, code)));
      expect(both.filter((one) => one.accessToken !== null)).toHaveLength(1);
      const [byApp] = both;
      if (byApp?.accessToken) expect(codes(await answer(await challengeOf(email), recovery))).toEqual([]);
    }
  });

  test('a recovery code stands in for the app once; typed as it comes', async () => {
    const { email, viewer, recoveryCodes } = await protectedPerson();
    const [code = ''] = recoveryCodes;
    const both = await Promise.all(
      [await challengeOf(email), await challengeOf(email)].map((one) => answer(one, ` ${code.toUpperCase()} `)),
    );
    expect(both.map((one) => codes(one)[0] ?? 'ok').sort()).toEqual(['CODE_INVALID', 'ok']);
    expect(await run(viewer, '{ me { secondFactor { recoveryCodesLeft } } }')).toEqual({
      secondFactor: { recoveryCodesLeft: 9 },
    });
  });

  test("another person's codes and challenges are worth nothing", async () => {
    const [ada, eve] = [await protectedPerson(), await protectedPerson()];
    const before = [await stateOf(ada.id), await stateOf(eve.id)];
    const challenge = await challengeOf(ada.email);
    expect(codes(await answer(challenge, codeOf(eve.uri)))).toEqual(['CODE_INVALID']);
    expect(codes(await answer(challenge, eve.recoveryCodes[0] as string))).toEqual(['CODE_INVALID']);
    expect([await stateOf(ada.id), await stateOf(eve.id)]).toEqual(before);
  });

  test('a challenge is over after five minutes, after five attempts, and when the password changes', async () => {
    const { id, email, uri, viewer } = await protectedPerson();
    const late = await challengeOf(email);
    await db.query(
      "UPDATE second_factor_challenge SET expires_at = now() - interval '1 second' WHERE account_id = $1",
      [id],
    );
    expect(codes(await answer(late, codeOf(uri)))).toEqual(['TOKEN_INVALID']);
    expect(codes(await answer('unknown', codeOf(uri)))).toEqual(['TOKEN_INVALID']);

    const tried = await challengeOf(email);
    for (let i = 0; i < 5; i += 1) await answer(tried, wrongCodeOf(uri));
    await db.query("UPDATE second_factor SET not_before = now() - interval '1 second' WHERE account_id = $1", [id]);
    expect(codes(await answer(tried, codeOf(uri)))).toEqual(['TOKEN_INVALID']);

    const before = await challengeOf(email);
    const change = `mutation P($a: String!, $b: String!) { passwordChange(currentPassword: $a, newPassword: $b) { ${ERRORS} } }`;
    expect(codes(await run<Coded>(viewer, change, { a: PASSWORD, b: 'another good one' }))).toEqual([]);
    expect(codes(await answer(before, codeOf(uri)))).toEqual(['TOKEN_INVALID']);
  });

  test('many guesses at once over many challenges are counted each: five are tried, the others wait; a recovery code does not', async () => {
    const { id, email, uri, recoveryCodes } = await protectedPerson();
    const challenges: string[] = [];
    for (let i = 0; i < 12; i += 1) challenges.push(await challengeOf(email));
    const started = performance.now();
    const wrong = wrongCodeOf(uri);
    const guesses = (await Promise.all(challenges.slice(0, 11).map((challenge) => answer(challenge, wrong)))).flatMap(
      codes,
    );
    const seconds = (performance.now() - started) / 1_000;
    expect(new Set(guesses)).toEqual(new Set(['CODE_INVALID', 'LOGIN_ATTEMPT_DELAYED']));
    const tried = guesses.filter((code) => code === 'CODE_INVALID').length;
    expect(tried).toBeGreaterThanOrEqual(5);
    expect(tried).toBeLessThanOrEqual(5 + Math.floor(seconds));
    await db.query("UPDATE second_factor SET not_before = now() + interval '60 seconds' WHERE account_id = $1", [id]);
    const early = await answer(challenges[11] as string, codeOf(uri));
    expect(codes(early)).toEqual(['LOGIN_ATTEMPT_DELAYED']);
    expect(early.userErrors[0]?.retryAfterSeconds).toBeGreaterThan(50);
    expect(codes(await answer(challenges[11] as string, recoveryCodes[0] as string))).toEqual([]);
    expect(codes(await answer(await challengeOf(email), codeOf(uri)))).toEqual([]);
  });

  test('the wait doubles up to a quarter of an hour, and a day of rest forgets it', async () => {
    const { id, email, uri } = await protectedPerson();
    const waits: number[] = [];
    const guess = async () => {
      await answer(await challengeOf(email), wrongCodeOf(uri));
      const { rows } = await db.query(
        'UPDATE second_factor f SET not_before = f.last_attempt_at FROM second_factor o WHERE f.account_id = $1 AND o.account_id = $1 RETURNING extract(epoch FROM greatest(o.not_before, o.last_attempt_at) - o.last_attempt_at)::int AS wait',
        [id],
      );
      waits.push(rows[0].wait);
    };
    for (let i = 0; i < 16; i += 1) await guess();
    expect(waits).toEqual([0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
    await db.query(
      "UPDATE second_factor SET last_attempt_at = last_attempt_at - interval '25 hours' WHERE account_id = $1",
      [id],
    );
    await guess();
    expect(waits.at(-1)).toBe(0);
  });

  test('neither a new password by mail nor a confirmed address leads around it', async () => {
    const { id, email, uri } = await protectedPerson();
    const tokens = 'query T($id: ID!) { userForNotification(id: $id) { emailConfirmationToken passwordResetToken } }';
    await run(guest, 'mutation A($e: String!) { passwordResetRequest(email: $e) { accepted } }', { e: email });
    const mailed = await run<{ emailConfirmationToken: string; passwordResetToken: string }>(
      service('notification'),
      tokens,
      { id },
    );
    const confirmed = await run<Session>(
      guest,
      `mutation C($t: String!) { accountConfirm(token: $t) { ${SESSION} } }`,
      {
        t: mailed.emailConfirmationToken,
      },
    );
    const reset = await run<Session>(
      guest,
      `mutation N($t: String!, $p: String!) { passwordReset(token: $t, password: $p) { ${SESSION} } }`,
      {
        t: mailed.passwordResetToken,
        p: 'another good one',
      },
    );
    for (const one of [confirmed, reset]) expect(one).toMatchObject({ accessToken: null, user: null, userErrors: [] });
    expect(codes(await answer(reset.secondFactorRequired?.challenge as string, codeOf(uri)))).toEqual([]);
  });

  test('a disabled account is told so and gets nothing', async () => {
    const { id, email, uri } = await protectedPerson();
    const challenge = await challengeOf(email);
    await db.query('UPDATE account SET is_active = false WHERE id = $1', [id]);
    expect(codes(await answer(challenge, codeOf(uri)))).toEqual(['ACCOUNT_DISABLED']);
  });
});

describe('switching off, and new recovery codes', () => {
  test('take the password and a code; a refusal changes and publishes nothing', async () => {
    const { id, viewer, uri } = await protectedPerson();
    const before = await stateOf(id);
    expect(codes(await disable(viewer, codeOf(uri), 'wrong password'))).toEqual(['INVALID_CREDENTIALS']);
    expect(codes(await disable(viewer, wrongCodeOf(uri)))).toEqual(['CODE_INVALID']);
    expect(codes(await disable(viewer, ''))).toEqual(['REQUIRED']);
    expect(codes(await renew(viewer, wrongCodeOf(uri)))).toEqual(['CODE_INVALID']);
    expect(await stateOf(id)).toEqual(before);
  });

  test('off, the password alone signs in, other sessions are over, the codes are void, and the owner is told', async () => {
    const { id, email, viewer, uri, recoveryCodes } = await protectedPerson();
    const other = await answer(await challengeOf(email), codeOf(uri));
    const open = await challengeOf(email);
    expect(codes(await disable(viewer, recoveryCodes[0] as string))).toEqual([]);
    expect(await published(id)).toEqual(['account.second_factor_enabled', 'account.second_factor_disabled']);
    expect(codes(await refresh(other))).toEqual(['TOKEN_INVALID']);
    expect(codes(await answer(open, recoveryCodes[1] as string))).toEqual(['TOKEN_INVALID']);
    expect((await signIn(email)).accessToken).toEqual(expect.any(String));
    expect((await db.query('SELECT 1 FROM recovery_code WHERE account_id = $1', [id])).rowCount).toBe(0);
    expect(codes(await disable(viewer, recoveryCodes[1] as string))).toEqual(['CONFLICT']);
  });

  test.each([
    { roles: ['CUSTOMER'], logged: [] },
    { roles: ['CUSTOMER', 'SUPPORT'], logged: ['secondFactorDisable'] },
  ])('by somebody with the roles $roles, the audit log has $logged of it', async ({ roles, logged }) => {
    const { id, viewer, recoveryCodes } = await protectedPerson();
    await db.query('UPDATE account SET roles = $2::role[] WHERE id = $1', [id, roles]);
    const log = async () =>
      (await db.query<{ action: string }>('SELECT action FROM audit_entry WHERE actor_id = $1', [id])).rows.map(
        ({ action }) => action,
      );
    expect(codes(await disable(viewer, 'wrong code'))).toEqual(['CODE_INVALID']);
    expect(await log()).toEqual([]);
    expect(codes(await disable(viewer, recoveryCodes[0] as string))).toEqual([]);
    expect(await log()).toEqual(logged);
  });

  test('renewed recovery codes replace the old ones', async () => {
    const { email, viewer, uri, recoveryCodes } = await protectedPerson();
    const { recoveryCodes: fresh, userErrors } = await renew(viewer, codeOf(uri));
    expect(userErrors).toEqual([]);
    expect(new Set([...(fresh ?? []), ...recoveryCodes]).size).toBe(20);
    expect(codes(await answer(await challengeOf(email), recoveryCodes[0] as string))).toEqual(['CODE_INVALID']);
    expect(codes(await answer(await challengeOf(email), fresh?.[0] as string))).toEqual([]);
  });

  test('what would take the account away asks for a code, too: another address, disabling it, deleting it', async () => {
    const { id, viewer, uri } = await protectedPerson();
    const before = await stateOf(id);
    const take = (doc: string, code: string | null) =>
      run<Coded>(viewer, `mutation T($p: String!, $code: String) { ${doc} { ${ERRORS} } }`, { p: PASSWORD, code });
    const ways = [
      `emailChangeRequest(email: "eve${people}@example.com", password: $p, code: $code)`,
      'accountDeactivate(password: $p, code: $code)',
      'accountDelete(password: $p, code: $code)',
    ];
    for (const way of ways) {
      expect(codes(await take(way, null))).toEqual(['REQUIRED']);
      expect(codes(await take(way, wrongCodeOf(uri)))).toEqual(['CODE_INVALID']);
      await db.query("UPDATE second_factor SET not_before = now() - interval '1 second' WHERE account_id = $1", [id]);
    }
    expect(await stateOf(id)).toEqual(before);
    expect(codes(await take(ways[0] as string, codeOf(uri)))).toEqual([]);
  });

  test('whether somebody has one is shown to nobody else', async () => {
    const { id } = await protectedPerson();
    const doc =
      'query E($r: [_Any!]!) { _entities(representations: $r) { ... on User { secondFactor { isEnabled } } } }';
    const seen = await souk
      .as(member('usr_staff', ['users:read']))
      .send<{ _entities: unknown[] }>(doc, { r: [{ __typename: 'User', id }] });
    expect(seen.data?._entities).toEqual([{ secondFactor: null }]);
  });
});

describe('staff', () => {
  test('have the rights of a customer until they have a second factor, when it is required; the answer says so', async () => {
    const as = await souk.restart({ REQUIRE_STAFF_SECOND_FACTOR: 'true' });
    const weak = await signIn(ADMIN.email, ADMIN.password, as);
    expect(weak).toMatchObject({
      secondFactorEnrollmentRequired: true,
      user: { roles: ['CUSTOMER', 'ADMIN'], scopes: [] },
    });
    expect(claims(weak)).toMatchObject({ roles: ['CUSTOMER'], scopes: [] });
    expect((await refresh(weak, as)).secondFactorEnrollmentRequired).toBe(true);
    // The same without the requirement.
    expect(claims(await signIn(ADMIN.email, ADMIN.password)).scopes).toContain('users:write');

    const session = await signIn(ADMIN.email, ADMIN.password, as);
    const viewer = member(session.user?.id as string, [], claims(session).sid);
    const { uri } = await enroll(viewer, ADMIN.password, as);
    expect(codes(await confirm(viewer, codeOf(uri as string), as))).toEqual([]);
    const strong = await refresh(session, as);
    expect(strong).toMatchObject({ secondFactorEnrollmentRequired: false, userErrors: [] });
    expect(strong.user?.scopes).toContain('users:write');
    expect(claims(strong).scopes).toContain('users:write');
    const { secondFactorRequired } = await signIn(ADMIN.email, ADMIN.password, as);
    const again = await answer(secondFactorRequired?.challenge as string, codeOf(uri as string, 1), as);
    expect(claims(again).scopes).toContain('users:write');
    const status = '{ me { scopes secondFactor { isRequired } } }';
    expect(await run(viewer, status, {}, as)).toEqual({ scopes: [], secondFactor: { isRequired: true } });
  });

  test('a session that has not passed the second factor of its account is over with its next refresh, however it came to be', async () => {
    const { id, email, uri } = await protectedPerson();
    await db.query(`UPDATE account SET roles = '{CUSTOMER,STAFF}' WHERE id = $1`, [id]);
    const session = await answer(await challengeOf(email), codeOf(uri));
    expect(claims(session).scopes).toContain('orders:write');
    await db.query('UPDATE session SET second_factor = false WHERE id = $1', [claims(session).sid]);
    expect(codes(await refresh(session))).toEqual(['TOKEN_INVALID']);
    const { rows } = await db.query('SELECT revoked_at FROM session WHERE id = $1', [claims(session).sid]);
    expect(rows).toEqual([{ revoked_at: expect.any(Date) }]);
  });
});

describe('somebody who has lost app and recovery codes', () => {
  const RESET = `mutation R($id: ID!) { userSecondFactorReset(userId: $id) { user { id } ${ERRORS} } }`;
  const reset = (viewer: Person['viewer'], id: string) => run<Coded>(viewer, RESET, { id });
  const support = member('usr_support', ['users:read', 'users:support']);

  test('is helped by staff: the password alone signs in again, sessions are over, the owner is told, and it is on record', async () => {
    const { id, email, uri, viewer } = await protectedPerson();
    const other = await answer(await challengeOf(email), codeOf(uri));
    expect(codes(await reset(support, id))).toEqual([]);
    expect((await signIn(email)).accessToken).toEqual(expect.any(String));
    expect(codes(await refresh(other))).toEqual(['TOKEN_INVALID']);
    expect(codes(await renew(viewer, codeOf(uri, 1)))).toEqual(['CONFLICT']);
    expect(await published(id)).toEqual(['account.second_factor_enabled', 'account.second_factor_disabled']);
    const log = 'SELECT actor_id, action FROM audit_entry WHERE subject_id = $1';
    expect((await db.query(log, [id])).rows).toEqual([{ actor_id: 'usr_support', action: 'userSecondFactorReset' }]);
    expect(codes(await reset(support, id))).toEqual([]);
    expect(await published(id)).toHaveLength(2);
    expect((await db.query(log, [id])).rowCount).toBe(1);
  });

  test('is helped by administrators when it is staff, and never by themselves; a refusal changes nothing', async () => {
    const { id } = await protectedPerson();
    await db.query(`UPDATE account SET roles = '{CUSTOMER,STAFF}' WHERE id = $1`, [id]);
    const before = await stateOf(id);
    expect(codes(await reset(support, id))).toEqual(['FORBIDDEN']);
    expect(codes(await reset(member(id, ['users:support', 'users:write']), id))).toEqual(['CONFLICT']);
    expect(codes(await reset(support, 'usr_nobody'))).toEqual(['NOT_FOUND']);
    const refused = await souk.as(member('usr_other')).send(RESET, { id });
    expect(refused.errors[0]?.extensions?.code).toBe('FORBIDDEN');
    expect(await stateOf(id)).toEqual(before);
    expect(codes(await reset(member('usr_admin', ['users:support', 'users:write']), id))).toEqual([]);
  });
});

test('challenges that ran out are purged within the hour', async () => {
  const { id, email } = await protectedPerson();
  await challengeOf(email);
  await db.query(
    "UPDATE second_factor_challenge SET expires_at = now() - interval '61 minutes' WHERE account_id = $1",
    [id],
  );
  await souk.restart({}); // purges when it starts, and then each hour
  await eventually(async () => {
    const left = await db.query('SELECT 1 FROM second_factor_challenge WHERE account_id = $1', [id]);
    expect(left.rowCount).toBe(0);
  });
});

describe('keys', () => {
  test('a new key takes over as people sign in; what the old one encrypted still works until then', async () => {
    const { id, email, uri } = await protectedPerson();
    const keyOf = async () =>
      (await db.query('SELECT key_id FROM second_factor WHERE account_id = $1', [id])).rows[0].key_id;
    expect(await keyOf()).toBe('k1');
    const rotated = await souk.restart({ SECOND_FACTOR_KEYS: JSON.stringify({ k2: SECOND_KEY, k1: FIRST_KEY }) });
    expect(codes(await answer(await challengeOf(email), codeOf(uri), rotated))).toEqual([]);
    expect(await keyOf()).toBe('k2');
    const without = await souk.restart({ SECOND_FACTOR_KEYS: JSON.stringify({ k2: SECOND_KEY }) });
    expect(codes(await answer(await challengeOf(email), codeOf(uri, 1), without))).toEqual([]);
  });

  test('where the key is lost a recovery code still signs in', async () => {
    const { email, recoveryCodes } = await protectedPerson();
    const without = await souk.restart({ SECOND_FACTOR_KEYS: JSON.stringify({ k2: SECOND_KEY }) });
    const code = recoveryCodes[0] as string;
    expect(codes(await answer(await challengeOf(email), code, without))).toEqual([]);
  });
});

test('a session shows which device and which network it was opened from', async () => {
  const { email, viewer } = await person();
  const browser = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';
  await souk.as(guest, { ip: '2001:db8:17:4::9', userAgent: browser }).request(SIGN_IN, { e: email, p: PASSWORD });
  const { sessions } = await run<{ sessions: object[] }>(
    viewer,
    '{ me { sessions { device { browser os } network isCurrent } } }',
  );
  expect(sessions).toEqual([
    { device: { browser: 'Firefox', os: 'Linux' }, network: '2001:db8:17::/48', isCurrent: false },
    { device: { browser: 'Firefox', os: null }, network: '203.0.113.0/24', isCurrent: true },
  ]);
});
