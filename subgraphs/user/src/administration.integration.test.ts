import { setTimeout as delay } from 'node:timers/promises';
import { VOID_TOKENS } from '@souk/runtime';
import pg from 'pg';
import { createClient } from 'redis';
import { ADMIN, guest, member, startUserFixture, type UserFixture } from './testing/userFixture.js';

let souk: UserFixture;
let db: pg.Client;
let redis: ReturnType<typeof createClient>;
beforeAll(async () => {
  souk = await startUserFixture();
  db = new pg.Client({ connectionString: souk.databaseUrl });
  redis = createClient({ url: souk.redisUrl });
  await Promise.all([db.connect(), redis.connect()]);
});
afterAll(async () => {
  redis?.destroy();
  await db?.end();
  await souk?.close();
});

type Viewer = Parameters<UserFixture['as']>[0];
type Coded = { userErrors: { code: string; field: string[] | null }[] };
const PASSWORD = 'correct horse battery';
const run = async <T>(viewer: Viewer, doc: string, variables: object = {}): Promise<T> =>
  Object.values(await souk.as(viewer, { ip: '203.0.113.9' }).request<Record<string, T>>(doc, variables))[0] as T;
const codes = ({ userErrors }: Coded) => userErrors.map(({ code }) => code);

let people = 0;
async function account(roles: string[] = []): Promise<{ id: string; email: string }> {
  people += 1;
  const email = `person${people}@example.com`;
  const { user } = await run<{ user: { id: string } }>(
    guest,
    'mutation R($input: AccountRegisterInput!) { accountRegister(input: $input) { user { id } } }',
    { input: { email, password: PASSWORD } },
  );
  if (roles.length > 0) {
    await db.query('UPDATE account SET roles = $2::role[] WHERE id = $1', [user.id, ['CUSTOMER', ...roles]]);
  }
  return { id: user.id, email };
}
const signIn = (email: string, password = PASSWORD) =>
  run<Coded & { accessToken: string | null; refreshToken: string | null }>(
    guest,
    'mutation S($e: String!, $p: String!) { sessionCreate(email: $e, password: $p) { accessToken refreshToken userErrors { code field } } }',
    { e: email, p: password },
  );
const refresh = (token: string | null) =>
  run<Coded & { user: { roles: string[]; scopes: string[] } | null }>(
    guest,
    'mutation R($t: String) { sessionRefresh(refreshToken: $t) { user { roles scopes } userErrors { code field } } }',
    { t: token },
  );
const admin = (id = 'usr_admin') =>
  member(id, ['users:write', 'users:support', 'users:read', 'audit:read'], 'ses_admin');
const support = member('usr_support', ['users:support', 'users:read'], 'ses_support');
const setRoles = (viewer: Viewer, id: string, roles: string[]) =>
  run<Coded & { user: { roles: string[] } | null }>(
    viewer,
    'mutation U($id: ID!, $r: [Role!]!) { userRolesUpdate(userId: $id, roles: $r) { user { roles } userErrors { code field } } }',
    { id, r: roles },
  );
const setActive = (viewer: Viewer, id: string, isActive: boolean, reason?: string) =>
  run<Coded & { user: { isActive: boolean; deactivatedAt: string | null; deactivationReason: string | null } | null }>(
    viewer,
    `mutation A($id: ID!, $a: Boolean!, $r: DeactivationReason) { userActiveSet(userId: $id, isActive: $a, reason: $r) {
       user { isActive deactivatedAt deactivationReason } userErrors { code field } } }`,
    { id, a: isActive, r: reason },
  );
const entriesAbout = async (id: string) =>
  (
    await db.query(
      'SELECT service, action, actor_id, subject_type, codes FROM audit_entry WHERE subject_id = $1 ORDER BY occurred_at, id',
      [id],
    )
  ).rows;
const published = async (id: string) =>
  (await db.query('SELECT type FROM outbox_event WHERE aggregate_id = $1 ORDER BY sequence', [id])).rows.map(
    ({ type }) => type,
  );
const announced = async (id: string) => Number(await redis.get(VOID_TOKENS.key(id)));

test('roles are granted and taken away, effective at once, and each change is in the audit log once', async () => {
  const { id, email } = await account();
  const { refreshToken } = await signIn(email);
  expect(await setRoles(admin(), id, ['SUPPORT', 'CATALOGUE_MANAGER'])).toEqual({
    user: { roles: ['CUSTOMER', 'SUPPORT', 'CATALOGUE_MANAGER'] },
    userErrors: [],
  });
  expect(await announced(id)).toBeGreaterThan(Date.now() - 5_000);
  const { user } = await refresh(refreshToken);
  expect(user?.scopes).toEqual(expect.arrayContaining(['orders:write', 'catalog:write', 'users:support']));
  expect(user?.scopes).not.toContain('users:write');
  await setRoles(admin(), id, ['SUPPORT', 'CATALOGUE_MANAGER']); // the same again changes nothing
  await setRoles(admin(), id, ['SUPPORT']);
  const line = { service: 'user', action: 'userRolesUpdate', actor_id: 'usr_admin', subject_type: 'user' };
  expect(await entriesAbout(id)).toEqual([
    { ...line, codes: ['granted.SUPPORT', 'granted.CATALOGUE_MANAGER'] },
    { ...line, codes: ['revoked.CATALOGUE_MANAGER'] },
  ]);
});

test('a token of a sign-in beside a change of roles has the new roles, or is void', async () => {
  for (const waitMs of [0, 10, 20, 30, 40, 60]) {
    const { id, email } = await account(['STAFF']);
    const [{ accessToken }] = await Promise.all([signIn(email), delay(waitMs).then(() => setRoles(admin(), id, []))]);
    const claims = JSON.parse(Buffer.from(accessToken?.split('.')[1] ?? '', 'base64url').toString());
    const isVoid = Math.round(claims.iat * 1_000) <= (await announced(id));
    expect(isVoid || !claims.scopes.includes('orders:write')).toBe(true);
  }
});

test('of two administrators who take ADMIN from each other at once, one stays; the last one cannot be disabled, nor disable itself', async () => {
  const { rows } = await db.query(`SELECT id, email FROM account WHERE 'ADMIN' = ANY (roles)`);
  expect(rows).toHaveLength(1);
  const first = rows[0].id as string;
  for (let round = 0; round < 5; round += 1) {
    const second = await account(['ADMIN']);
    const answers = await Promise.all([setRoles(admin(first), second.id, []), setRoles(admin(second.id), first, [])]);
    expect(answers.map(codes).sort()).toEqual([[], ['LAST_ADMIN']].sort());
    const left = await db.query(`SELECT id FROM account WHERE 'ADMIN' = ANY (roles)`);
    expect(left.rows).toHaveLength(1);
    await db.query(`UPDATE account SET roles = '{CUSTOMER,ADMIN}' WHERE id = $1`, [first]);
    await db.query(`UPDATE account SET roles = '{CUSTOMER}' WHERE id = $1`, [second.id]);
  }
  expect(codes(await setRoles(admin('usr_other'), first, []))).toEqual(['LAST_ADMIN']);
  expect(codes(await setRoles(admin(first), first, []))).toEqual(['CONFLICT']);
  expect(codes(await setActive(admin('usr_other'), first, false, 'OTHER'))).toEqual(['LAST_ADMIN']);
  const own = await run<Coded>(
    member(first),
    'mutation D($p: String!) { accountDeactivate(password: $p) { userErrors { code field } } }',
    { p: ADMIN.password },
  );
  expect(codes(own)).toEqual(['LAST_ADMIN']);
  const { rows: after } = await db.query('SELECT is_active FROM account WHERE id = $1', [first]);
  expect(after).toEqual([{ is_active: true }]);
});

test('staff disable a customer for a reason: nobody signs in, the session ends, the owner is told; and enable it again', async () => {
  const { id, email } = await account();
  const { refreshToken } = await signIn(email);
  expect(codes(await setActive(support, id, false))).toEqual(['REQUIRED']);
  expect(await setActive(support, id, false, 'FRAUD')).toEqual({
    user: { isActive: false, deactivatedAt: expect.any(String), deactivationReason: 'FRAUD' },
    userErrors: [],
  });
  expect(codes(await signIn(email))).toEqual(['ACCOUNT_DISABLED']);
  expect(codes(await signIn(email, 'something else'))).toEqual(['INVALID_CREDENTIALS']);
  expect(codes(await refresh(refreshToken))).toEqual(['TOKEN_INVALID']);
  expect(await announced(id)).toBeGreaterThan(Date.now() - 5_000);
  await setActive(support, id, false, 'ABUSE'); // again: changes nothing, the first reason stays
  expect(await published(id)).toEqual(['account.registered', 'account.deactivated']);
  expect(await setActive(support, id, true)).toEqual({
    user: { isActive: true, deactivatedAt: null, deactivationReason: null },
    userErrors: [],
  });
  expect(codes(await signIn(email))).toEqual([]);
  expect((await entriesAbout(id)).map(({ actor_id, codes: said }) => [actor_id, said])).toEqual([
    ['usr_support', ['DISABLED', 'FRAUD']],
    ['usr_support', ['ENABLED']],
  ]);
});

test('support touches neither roles nor accounts of the staff; a refusal leaves everything as it was', async () => {
  const colleague = await account(['CATALOGUE_MANAGER']);
  expect(codes(await setActive(support, colleague.id, false, 'OTHER'))).toEqual(['FORBIDDEN']);
  const ended = await run<Coded>(
    support,
    'mutation E($id: ID!) { userSessionsRevoke(userId: $id) { userErrors { code field } } }',
    { id: colleague.id },
  );
  expect(codes(ended)).toEqual(['FORBIDDEN']);
  await expect(setRoles(support, colleague.id, ['ADMIN'])).rejects.toThrow('users:write');
  await expect(setActive(member('usr_customer'), colleague.id, false, 'OTHER')).rejects.toThrow('users:support');
  expect(await entriesAbout(colleague.id)).toEqual([]);
  expect(await published(colleague.id)).toEqual(['account.registered']);
  expect(codes(await setActive(admin(), colleague.id, false, 'OTHER'))).toEqual([]);
});

test("staff end somebody's sessions; the account goes on", async () => {
  const { id, email } = await account();
  const { refreshToken } = await signIn(email);
  const ended = await run<Coded & { user: { id: string } }>(
    support,
    'mutation E($id: ID!) { userSessionsRevoke(userId: $id) { user { id } userErrors { code field } } }',
    { id },
  );
  expect(ended).toEqual({ user: { id }, userErrors: [] });
  expect(codes(await refresh(refreshToken))).toEqual(['TOKEN_INVALID']);
  expect(codes(await signIn(email))).toEqual([]);
  expect((await entriesAbout(id)).map(({ action }) => action)).toEqual(['userSessionsRevoke']);
});

test('an owner disables the own account with the password, and not without', async () => {
  const { id, email } = await account();
  const { refreshToken } = await signIn(email);
  const disable = (password: string) =>
    run<Coded & { accepted: boolean }>(
      member(id),
      'mutation D($p: String!) { accountDeactivate(password: $p) { accepted userErrors { code field } } }',
      { p: password },
    );
  expect(await disable('wrong horse battery')).toEqual({
    accepted: false,
    userErrors: [{ code: 'INVALID_CREDENTIALS', field: ['password'] }],
  });
  expect(await disable(PASSWORD)).toEqual({ accepted: true, userErrors: [] });
  expect(codes(await signIn(email))).toEqual(['ACCOUNT_DISABLED']);
  expect(codes(await refresh(refreshToken))).toEqual(['TOKEN_INVALID']);
  expect(await announced(id)).toBeGreaterThan(0);
  const seen = await run<{ deactivationReason: string }>(
    support,
    'query U($id: ID!) { user(id: $id) { deactivationReason } }',
    { id },
  );
  expect(seen).toEqual({ deactivationReason: 'OWNER' });
  expect(await published(id)).toEqual(['account.registered', 'account.deactivated']);
});

test('nobody changes or deletes a line of the audit log, the service itself included', async () => {
  const { id } = await account();
  await setRoles(admin(), id, ['STAFF']);
  const own = new pg.Client({ connectionString: souk.databaseUrl });
  await own.connect();
  for (const statement of [
    `UPDATE audit_entry SET actor_id = 'usr_nobody'`,
    'DELETE FROM audit_entry',
    'TRUNCATE audit_entry',
  ]) {
    await expect(own.query(statement)).rejects.toThrow('append-only');
  }
  await own.end();
  expect(await entriesAbout(id)).toHaveLength(1);
});

test('the audit log is read by administrators only, newest first, with filters and pages', async () => {
  const [one, two] = [await account(), await account()];
  const byMe = admin(`usr_reader${people}`);
  for (const { id } of [one, two]) {
    await setRoles(byMe, id, ['STAFF']);
    await delay(5);
  }
  const LOG = `query L($first: Int, $after: String, $f: AuditFilterInput) { auditLog(first: $first, after: $after, filter: $f) {
    nodes { service action actorId subjectType subjectId codes requestId occurredAt } pageInfo { hasNextPage endCursor } } }`;
  type Log = {
    nodes: { subjectId: string; requestId: string }[];
    pageInfo: { hasNextPage: boolean; endCursor: string };
  };
  const filter = { actorId: `usr_reader${people}` };
  const page = await run<Log>(byMe, LOG, { first: 1, f: filter });
  expect(page.nodes).toEqual([
    {
      service: 'user',
      action: 'userRolesUpdate',
      actorId: filter.actorId,
      subjectType: 'user',
      subjectId: two.id,
      codes: ['granted.STAFF'],
      requestId: expect.stringMatching(/^req_/),
      occurredAt: expect.any(String),
    },
  ]);
  expect(page.pageInfo.hasNextPage).toBe(true);
  const rest = await run<Log>(byMe, LOG, { first: 5, after: page.pageInfo.endCursor, f: filter });
  expect(rest.nodes.map(({ subjectId }) => subjectId)).toEqual([one.id]);
  expect(rest.pageInfo.hasNextPage).toBe(false);
  const about = await run<Log>(byMe, LOG, { f: { subjectId: one.id, service: 'user', action: 'userRolesUpdate' } });
  expect(about.nodes).toHaveLength(1);
  expect((await run<Log>(byMe, LOG, { f: { ...filter, until: '2020-01-01T00:00:00Z' } })).nodes).toEqual([]);
  await expect(run(support, LOG)).rejects.toThrow('audit:read');
  await expect(run(byMe, LOG, { after: 'nonsense' })).rejects.toThrow('not a cursor');
});
