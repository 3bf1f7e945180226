import { type EventEnvelope, events, newEvent } from '@souk/events';
import { appendEvents } from '@souk/outbox';
import { type Database, openDatabase } from '@souk/postgres';
import { createLogger, VOID_TOKENS } from '@souk/runtime';
import { eventually } from '@souk/testkit';
import pg from 'pg';
import { createClient } from 'redis';
import { createErasures } from './adapters/erasures.postgres.js';
import { tellErasuresAgain } from './app/erasures.js';
import { codeOf, wrongCodeOf } from './testing/authenticator.js';
import { type Coded, type Deleted, ERASURE, PASSWORD, petronellas, rowsIn } from './testing/petronellas.js';
import { guest, member, service, startUserFixture, type UserFixture } from './testing/userFixture.js';

const SERVICES = ['cart', 'notification', 'order', 'payment'];

let souk: UserFixture;
let db: pg.Client;
let database: Database;
let redis: ReturnType<typeof createClient>;
beforeAll(async () => {
  souk = await startUserFixture();
  db = new pg.Client({ connectionString: souk.databaseUrl });
  await db.connect();
  database = openDatabase({ url: souk.databaseUrl, service: 'test', logger: createLogger('test', 'silent') });
  redis = createClient({ url: souk.redisUrl });
  await redis.connect();
});
afterAll(async () => {
  redis?.destroy();
  await database?.close();
  await db?.end();
  await souk?.close();
});

const { run, person, deleteAccount } = petronellas(() => souk);
const rowsOf = rowsIn(() => db);
const erasureOf = (token: string | null) =>
  run<Deleted['erasure']>(guest, `query E($t: String!) { accountErasure(token: $t) { ${ERASURE} } }`, { t: token });

/** Every row of every table in which one of the words is, as `table: column`. */
async function places(words: readonly string[]): Promise<string[]> {
  const columns = await rowsOf<{ table_name: string; column_name: string }>(
    `SELECT table_name, column_name FROM information_schema.columns
     WHERE table_schema = 'public' AND data_type IN ('text', 'jsonb', 'ARRAY', 'bytea', 'character varying')`,
  );
  const found: string[] = [];
  for (const { table_name: table, column_name: column } of columns) {
    const hits = await rowsOf<{ hit: boolean }>(
      `SELECT true AS hit FROM "${table}" t WHERE EXISTS (
         SELECT 1 FROM unnest($1::text[]) word WHERE CASE WHEN pg_typeof("${column}") = 'bytea'::regtype
           THEN position(convert_to(word, 'UTF8') IN ("${column}"::text)::bytea) > 0 ELSE "${column}"::text ILIKE '%' || word || '%' END) LIMIT 1`,
      words,
    );
    if (hits.length > 0) found.push(`${table}: ${column}`);
  }
  return found.sort();
}

/** Sends an event as another service would: over the queue. */
const tell = (event: EventEnvelope) => appendEvents(database, [event]);
const erased = (userId: string, erasureId: string, name: string) =>
  tell(
    newEvent(events.accountErased, { aggregateId: userId, sequence: 0, data: { userId, erasureId, service: name } }),
  );
const told = (userId: string) =>
  rowsOf<{ sequence: number; data: { userId: string; erasureId: string } }>(
    `SELECT sequence, data FROM outbox_event WHERE type = 'account.erasure_requested' AND aggregate_id = $1 ORDER BY sequence`,
    userId,
  );

describe('deleting an account', () => {
  test('leaves a tombstone that says nothing, tells everybody once, and ends what was signed in', async () => {
    const { id, email, refreshToken } = await person();
    expect(await places([email])).toEqual(['account: email', 'account: email_key']);
    const deleted = await deleteAccount(id);
    expect(deleted).toMatchObject({ erasureToken: expect.stringMatching(/^[\w-]{43}$/), userErrors: [] });
    expect(deleted.erasure?.services).toEqual(SERVICES.map((name) => ({ service: name, erasedAt: null })));
    expect(await places([email, 'Fischergrube', '+49451555777', deleted.erasureToken ?? ''])).toEqual([]);
    expect(await rowsOf('SELECT 1 FROM session WHERE account_id = $1', id)).toEqual([]);
    expect(await told(id)).toMatchObject([{ data: { userId: id, erasureId: deleted.erasure?.id } }]);
    expect(Number(await redis.get(VOID_TOKENS.key(id)))).toBeGreaterThan(Date.now() - 5_000);
    const again = await run<Coded>(
      guest,
      'mutation F($t: String) { sessionRefresh(refreshToken: $t) { userErrors { code } } }',
      { t: refreshToken },
    );
    expect(again.userErrors).toEqual([{ code: 'TOKEN_INVALID' }]);
    const unknown = await run<Coded>(
      guest,
      'mutation S($e: String!, $p: String!) { sessionCreate(email: $e, password: $p) { userErrors { code } } }',
      { e: email, p: PASSWORD },
    );
    expect(unknown.userErrors).toEqual([{ code: 'INVALID_CREDENTIALS' }]);
    expect(
      await run(service('notification'), 'query N($id: ID!) { userForNotification(id: $id) { id } }', { id }),
    ).toBeNull();
  });

  test('needs the password; a refusal changes and tells nothing', async () => {
    const { id, email } = await person();
    expect(await deleteAccount(id, 'not the password')).toEqual({
      erasureToken: null,
      erasure: null,
      userErrors: [{ code: 'INVALID_CREDENTIALS', field: ['password'] }],
    });
    expect(await places([email])).toEqual(['account: email', 'account: email_key']);
    expect(await told(id)).toEqual([]);
  });

  test('is refused to who has rights of staff, so that a shop keeps its administrator', async () => {
    const { id } = await person();
    await db.query(`UPDATE account SET roles = '{CUSTOMER,SUPPORT}' WHERE id = $1`, [id]);
    expect((await deleteAccount(id)).userErrors).toEqual([{ code: 'CONFLICT', field: null }]);
    expect(await rowsOf('SELECT 1 FROM account WHERE id = $1', id)).toHaveLength(1);
    expect(await told(id)).toEqual([]);
  });

  test('frees the address for somebody new, who has nothing of the old account', async () => {
    const { id, email } = await person();
    await deleteAccount(id);
    const { user } = await run<{ user: { id: string; addresses: unknown[] | null } }>(
      guest,
      'mutation R($input: AccountRegisterInput!) { accountRegister(input: $input) { user { id addresses { id } } } }',
      { input: { email, password: PASSWORD } },
    );
    expect(user.id).not.toBe(id);
    expect(await rowsOf('SELECT 1 FROM address WHERE account_id = $1', user.id)).toEqual([]);
  });
});

test('with a second factor, deleting takes a code as well, and the factor goes with the account', async () => {
  const { id } = await person();
  const enrolled = await run<{ uri: string }>(
    member(id),
    'mutation E($p: String!) { secondFactorEnroll(password: $p) { uri } }',
    { p: PASSWORD },
  );
  await run(
    member(id),
    'mutation C($c: String!) { secondFactorConfirm(code: $c) { recoveryCodes userErrors { code } } }',
    { c: codeOf(enrolled.uri) },
  );
  await db.query('UPDATE second_factor SET last_step = last_step - 2 WHERE account_id = $1', [id]);
  const remove = (code: string | null) =>
    run<Coded & { accepted: boolean }>(
      member(id),
      'mutation D($p: String!, $c: String) { accountDelete(password: $p, code: $c) { accepted userErrors { code } } }',
      { p: PASSWORD, c: code },
    );
  expect(await remove(null)).toEqual({ accepted: false, userErrors: [{ code: 'REQUIRED' }] });
  expect(await remove(wrongCodeOf(enrolled.uri))).toEqual({ accepted: false, userErrors: [{ code: 'CODE_INVALID' }] });
  expect(await rowsOf('SELECT 1 FROM recovery_code WHERE account_id = $1', id)).toHaveLength(10);
  expect(await remove(codeOf(enrolled.uri))).toEqual({ accepted: true, userErrors: [] });
  expect(await rowsOf('SELECT 1 FROM second_factor WHERE account_id = $1', id)).toEqual([]);
  expect(await rowsOf('SELECT 1 FROM recovery_code WHERE account_id = $1', id)).toEqual([]);
});

test('every table about a person goes with his account', async () => {
  const hanging = await rowsOf<{ table: string; rule: string }>(
    `SELECT c.conrelid::regclass::text AS table, c.confdeltype AS rule FROM pg_constraint c
     WHERE c.contype = 'f' AND c.confdeltype <> 'c'`,
  );
  expect(hanging).toEqual([]);
  const naming = await rowsOf<{ table_name: string }>(
    `SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'account_id'
       AND table_name <> 'account_erasure' AND NOT EXISTS (
         SELECT 1 FROM pg_constraint c WHERE c.contype = 'f' AND c.conrelid = (quote_ident(table_name))::regclass)`,
  );
  expect(naming).toEqual([]);
});

describe('the status of an erasure', () => {
  test('shows who has erased; the first word of each counts, and nobody else’s', async () => {
    const { id } = await person();
    const { erasure, erasureToken } = await deleteAccount(id);
    const erasureId = erasure?.id ?? '';
    const done = async () =>
      (await erasureOf(erasureToken))?.services
        .flatMap((part) => (part.erasedAt === null ? [] : [part.service]))
        .sort();
    await erased(id, erasureId, 'product');
    await erased(id, erasureId, 'cart');
    await eventually(async () => expect(await done()).toEqual(['cart']));
    const first = (await erasureOf(erasureToken))?.services;
    for (const name of SERVICES) await erased(id, erasureId, name);
    await eventually(async () => expect(await done()).toEqual(SERVICES));
    const status = await erasureOf(erasureToken);
    expect(status?.services.find((part) => part.service === 'cart')).toEqual(
      first?.find((part) => part.service === 'cart'),
    );
    expect(status?.completedAt).toBe(
      status?.services
        .map((part) => part.erasedAt)
        .sort()
        .at(-1),
    );
  });

  test('is nothing without its token', async () => {
    expect(await erasureOf('not-a-token')).toBeNull();
  });
});

describe('an erasure is told again', () => {
  const tellAgain = () => tellErasuresAgain({ erasures: createErasures(database), now: () => new Date() })();
  const makeDue = (id: string) =>
    db.query(
      `UPDATE account_erasure SET tell_at = now() - interval '1 second' WHERE account_id = $1 AND tell_at IS NOT NULL`,
      [id],
    );
  const tellAt = async (id: string) =>
    (await rowsOf<{ tell_at: Date | null }>('SELECT tell_at FROM account_erasure WHERE account_id = $1', id))[0]
      ?.tell_at;

  test('once when its last access token has run out, and then daily as long as somebody has not acknowledged', async () => {
    const { id } = await person();
    const { erasure } = await deleteAccount(id);
    const minutes = ((await tellAt(id)) as Date).getTime() / 60_000 - Date.now() / 60_000;
    expect(minutes).toBeGreaterThan(10);
    expect(minutes).toBeLessThan(12);
    for (const name of SERVICES) await erased(id, erasure?.id ?? '', name);
    await eventually(async () =>
      expect(
        await rowsOf('SELECT 1 FROM account_erasure_part WHERE erased_at IS NULL AND erasure_id = $1', erasure?.id),
      ).toEqual([]),
    );
    await tellAgain();
    expect(await told(id)).toHaveLength(1);
    await makeDue(id);
    await tellAgain();
    expect((await told(id)).map(({ sequence }) => sequence)).toEqual([expect.any(Number), expect.any(Number)]);
    expect(((await tellAt(id)) as Date).getTime()).toBeGreaterThan(Date.now() + 23 * 3_600_000);
    await makeDue(id);
    await tellAgain();
    expect(await told(id)).toHaveLength(2);
    expect(await tellAt(id)).toBeNull();
  });

  test('every day while a service has not acknowledged', async () => {
    const { id } = await person();
    const { erasure } = await deleteAccount(id);
    await erased(id, erasure?.id ?? '', 'cart');
    for (let times = 2; times <= 4; times += 1) {
      await makeDue(id);
      await tellAgain();
      expect(await told(id)).toHaveLength(times);
    }
  });
});
