import { gzipSync } from 'node:zlib';
import { type EventEnvelope, events, newEvent } from '@souk/events';
import { appendEvents } from '@souk/outbox';
import { type Database, openDatabase } from '@souk/postgres';
import { createLogger, newId, VOID_TOKENS } from '@souk/runtime';
import { eventually } from '@souk/testkit';
import pg from 'pg';
import { createClient } from 'redis';
import { createErasures } from './adapters/erasures.postgres.js';
import { tellErasuresAgain } from './app/erasures.js';
import { codeOf, wrongCodeOf } from './testing/authenticator.js';
import { guest, member, service, startUserFixture, type UserFixture } from './testing/userFixture.js';

const SERVICES = ['cart', 'notification', 'order', 'payment'];
const PASSWORD = 'correct horse battery';

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

const run = async <T>(viewer: Parameters<UserFixture['as']>[0], doc: string, variables: object = {}): Promise<T> =>
  Object.values(
    await souk
      .as(viewer, { ip: '203.0.113.77', userAgent: 'Firefox of Petronella' })
      .request<Record<string, T>>(doc, variables),
  )[0] as T;
const rowsOf = async <Row extends object>(text: string, ...params: unknown[]): Promise<Row[]> =>
  (await db.query<Row>(text, params)).rows;
type Coded = { userErrors: { code: string; field?: string[] }[] };

let people = 0;
/** Somebody with everything that this service keeps of people. */
async function person() {
  people += 1;
  const email = `petronella${people}@example.com`;
  const registered = await run<{ user: { id: string } }>(
    guest,
    'mutation R($input: AccountRegisterInput!) { accountRegister(input: $input) { user { id } } }',
    { input: { email, password: PASSWORD, firstName: 'Petronella', lastName: 'Quistorp' } },
  );
  const { id } = registered.user;
  const signedIn = await run<{ refreshToken: string }>(
    guest,
    'mutation S($e: String!, $p: String!) { sessionCreate(email: $e, password: $p) { refreshToken } }',
    { e: email, p: PASSWORD },
  );
  await run(member(id), 'mutation A($input: AddressInput!) { addressCreate(input: $input) { address { id } } }', {
    input: {
      fullName: 'Petronella Quistorp',
      streetLine1: 'Fischergrube 7',
      city: 'Lübeck',
      countryCode: 'DE',
      phone: '+49451555777',
    },
  });
  await run(guest, 'mutation P($e: String!) { passwordResetRequest(email: $e) { accepted } }', { e: email });
  await run(service('notification'), 'query T($id: ID!) { userForNotification(id: $id) { passwordResetToken } }', {
    id,
  });
  return { id, email, refreshToken: signedIn.refreshToken };
}

type Deleted = Coded & {
  erasureToken: string | null;
  erasure: { id: string; completedAt: string | null; services: { service: string; erasedAt: string | null }[] } | null;
};
const ERASURE = 'id completedAt services { service erasedAt }';
const deleteAccount = (id: string, password = PASSWORD) =>
  run<Deleted>(
    member(id),
    `mutation D($p: String!) { accountDelete(password: $p) { erasureToken erasure { ${ERASURE} } userErrors { code field } } }`,
    { p: password },
  );
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

describe('an export', () => {
  type Export = { id: string; waitingFor: string[]; url: string | null };
  const FIELDS = 'id waitingFor url';
  const request = (id: string) =>
    run<Coded & { dataExport: Export }>(
      member(id),
      `mutation { accountDataExport { dataExport { ${FIELDS} } userErrors { code } } }`,
    );
  const list = (id: string) => run<Export[]>(member(id), `query { accountDataExports { ${FIELDS} } }`);
  const deliver = (exportId: string, name: 'notification' | 'order', content: object) =>
    run<boolean>(
      service(name),
      'mutation P($id: ID!, $c: String!) { accountExportPartDeliver(exportId: $id, content: $c) }',
      { id: exportId, c: gzipSync(JSON.stringify(content)).toString('base64') },
    );
  const all = async (exportId: string) => {
    for (const name of SERVICES) await deliver(exportId, name as 'order', { from: name });
  };
  const download = (url: string | null) => {
    const { pathname, search } = new URL(url ?? '');
    return fetch(`${souk.url}${pathname}${search}`);
  };

  test('is complete when every service has handed over its part, and is one JSON with everything and no secret', async () => {
    const { id, email } = await person();
    const { dataExport } = await request(id);
    expect(dataExport).toEqual({ id: expect.stringMatching(/^exp_/), waitingFor: expect.anything(), url: null });
    expect([...dataExport.waitingFor].sort()).toEqual(SERVICES);
    expect(
      await rowsOf(`SELECT data FROM outbox_event WHERE type = 'account.export_requested' AND aggregate_id = $1`, id),
    ).toEqual([{ data: { userId: id, exportId: dataExport.id } }]);
    expect(await deliver(dataExport.id, 'order', { orders: ['ord_1'] })).toBe(true);
    expect(await list(id)).toMatchObject([{ url: null, waitingFor: ['cart', 'notification', 'payment'] }]);
    await all(dataExport.id);
    const [ready] = await list(id);
    expect(ready?.waitingFor).toEqual([]);
    const response = await download(ready?.url ?? null);
    expect([
      response.status,
      response.headers.get('cache-control'),
      response.headers.get('content-disposition'),
    ]).toEqual([200, 'private, no-store', 'attachment; filename="personal-data.json"']);
    const text = await response.text();
    const told = JSON.parse(text);
    expect(told).toMatchObject({
      user: {
        account: { id, email, firstName: 'Petronella', lastName: 'Quistorp' },
        addresses: [{ streetLine1: 'Fischergrube 7', phone: '+49451555777' }],
        sessions: [{ ip: expect.any(String) }],
      },
      cart: { from: 'cart' },
      // what came first: a part that is delivered twice is the same part
      order: { orders: ['ord_1'] },
      payment: { from: 'payment' },
      notification: { from: 'notification' },
    });
    expect(text).not.toMatch(/argon2|hash|token/i);
  });

  test('asked for again is the same one for an hour, and as long as it is under way', async () => {
    const { id } = await person();
    const first = (await request(id)).dataExport;
    expect((await request(id)).dataExport.id).toBe(first.id);
    await db.query(`UPDATE account_export SET requested_at = now() - interval '61 minutes' WHERE id = $1`, [first.id]);
    expect((await request(id)).dataExport.id).toBe(first.id);
    await all(first.id);
    expect((await request(id)).dataExport.id).not.toBe(first.id);
    expect(await list(id)).toHaveLength(2);
  });

  test('asked for by many at once is one', async () => {
    const { id } = await person();
    const asked = await Promise.all(Array.from({ length: 6 }, () => request(id)));
    expect(new Set(asked.map(({ dataExport }) => dataExport.id)).size).toBe(1);
  });

  test('opens by its own link only, as long as that and the export last', async () => {
    const [ada, bo] = [await person(), await person()];
    const exports = [(await request(ada.id)).dataExport, (await request(bo.id)).dataExport] as const;
    for (const { id } of exports) await all(id);
    const url = new URL((await list(ada.id))[0]?.url ?? '');
    const altered = new URL(url);
    altered.pathname = `/account-exports/${exports[1].id}.json`;
    expect((await download(altered.href)).status).toBe(403);
    const later = new URL(url);
    later.searchParams.set('expires', String(Number(url.searchParams.get('expires')) + 1));
    expect((await download(later.href)).status).toBe(403);
    expect((await download(url.href)).status).toBe(200);
    expect((await list(bo.id)).map(({ id }) => id)).toEqual([exports[1].id]);
    await db.query(`UPDATE account_export SET expires_at = now() - interval '1 second' WHERE id = $1`, [exports[0].id]);
    expect((await download(url.href)).status).toBe(404);
    expect(await list(ada.id)).toEqual([]);
  });

  test('ends with the account; a part that comes late is taken by nobody', async () => {
    const { id } = await person();
    const { dataExport } = await request(id);
    await deleteAccount(id);
    expect(await deliver(dataExport.id, 'order', {})).toBe(false);
    expect(await rowsOf('SELECT 1 FROM account_export_part WHERE export_id = $1', dataExport.id)).toEqual([]);
  });

  test('takes parts of the services that were asked only', async () => {
    const { id } = await person();
    const { dataExport } = await request(id);
    const doc = 'mutation P($id: ID!, $c: String!) { accountExportPartDeliver(exportId: $id, content: $c) }';
    const product = { kind: 'service', service: 'product', scopes: ['service', 'service:product'] } as const;
    expect(await run(product, doc, { id: dataExport.id, c: 'AAAA' })).toBe(false);
    await expect(run(member(id), doc, { id: dataExport.id, c: 'AAAA' })).rejects.toThrow();
    expect(await deliver(newId('exp'), 'order', {})).toBe(false);
  });
});
