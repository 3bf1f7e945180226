import { createLogger, newContext, runInContext } from '@souk/runtime';
import { createTestDatabase, eventually, type TestDatabase } from '@souk/testkit';
import pg from 'pg';
import { type Database, isDue, openDatabase, sql, type Transaction } from './index.js';

const logger = createLogger('postgres-test', 'silent');
let testDatabase: TestDatabase;
let database: Database;
let admin: pg.Client;

beforeAll(async () => {
  testDatabase = await createTestDatabase('cart');
  database = openDatabase({ url: testDatabase.url, service: 'test', logger, maxConnections: 6 });
  admin = new pg.Client({ connectionString: testDatabase.adminUrl });
  await admin.connect();
  await admin.query('CREATE TABLE account (id int PRIMARY KEY, balance bigint NOT NULL CHECK (balance >= 0))');
  await admin.query('GRANT ALL ON account TO PUBLIC');
});
beforeEach(async () => {
  await admin.query('TRUNCATE account');
  await admin.query('INSERT INTO account VALUES (1, 100), (2, 100)');
});
afterAll(async () => {
  await database.close();
  await admin.end();
  await testDatabase.close();
});

const balances = sql<{ id: number; balance: number }>('test_balances', 'SELECT id, balance FROM account ORDER BY id');
const add = sql('test_add', 'UPDATE account SET balance = balance + $2 WHERE id = $1');
const both = async () => (await database.query(balances)).map((row) => row.balance);

test('bigint comes back as a number, and one beyond the safe integers is refused', async () => {
  expect(await database.query(balances)).toEqual([
    { id: 1, balance: 100 },
    { id: 2, balance: 100 },
  ]);
  const beyond = sql('test_beyond', "SELECT '9007199254740993'::bigint AS value");
  await expect(database.query(beyond)).rejects.toThrow('beyond the safe integers');
});

test('what a column of milliseconds keeps of now() is due at once', async () => {
  const written = sql<{ due: boolean; plainly: boolean }>(
    'test_due',
    `SELECT ${isDue('now()::timestamptz(3)')} AS due, now()::timestamptz(3) <= now() AS plainly`,
  );
  const seen: { due: boolean; plainly: boolean }[] = [];
  for (let i = 0; i < 60; i++) seen.push(...(await database.query(written)));
  expect(seen.filter(({ due }) => !due)).toEqual([]);
  expect(seen.some(({ plainly }) => !plainly)).toBe(true); // without the allowance half of it waits for the next round
});

test('each statement that leaves the process is counted, BEGIN and COMMIT too', async () => {
  const context = newContext('request');
  await runInContext(context, async () => {
    await database.query(balances);
    await database.transaction((tx) => tx.query(add, [1, 1]));
  });
  expect(context.statements).toBe(4);
});

test('a transaction that throws changes nothing and is not tried again', async () => {
  let runs = 0;
  const failing = database.transaction(async (tx) => {
    runs += 1;
    await tx.query(add, [1, -40]);
    await tx.query(add, [2, -500]);
  });
  await expect(failing).rejects.toMatchObject({ code: '23514' });
  expect(runs).toBe(1);
  expect(await both()).toEqual([100, 100]);
});

test('a deadlock is resolved by running one of the two transactions again', async () => {
  let arrived = 0;
  let meet: () => void = () => undefined;
  const met = new Promise<void>((resolve) => {
    meet = resolve;
  });
  let runs = 0;
  const move = (from: number, to: number) =>
    database.transaction(async (tx: Transaction) => {
      runs += 1;
      await tx.query(add, [from, -10]);
      arrived += 1;
      if (arrived === 2) meet();
      await met;
      await tx.query(add, [to, 10]);
    });
  await Promise.all([move(1, 2), move(2, 1)]);
  expect(runs).toBe(3);
  expect(await both()).toEqual([100, 100]);
});

test('a connection that dies before the commit: the whole transaction runs again, once', async () => {
  const pid = sql<{ pid: number }>('test_pid', 'SELECT pg_backend_pid() AS pid');
  let runs = 0;
  await database.transaction(async (tx) => {
    runs += 1;
    await tx.query(add, [1, -10]);
    if (runs > 1) return;
    const [backend] = await tx.query(pid);
    await admin.query('SELECT pg_terminate_backend($1)', [backend?.pid]);
    await tx.query(add, [2, 10]);
  });
  expect(runs).toBe(2);
  expect(await both()).toEqual([90, 100]);
});

test('a pool that lost all its connections serves the next call', async () => {
  await Promise.all([both(), both(), both()]);
  await admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'souk-test'");
  await eventually(async () => expect(await both()).toEqual([100, 100]));
});

test('waiting for a lock ends with an error instead of for ever', async () => {
  const limits = await database.pool.query(
    "SELECT name, setting FROM pg_settings WHERE name IN ('lock_timeout', 'statement_timeout', 'idle_in_transaction_session_timeout') ORDER BY name",
  );
  expect(limits.rows).toEqual([
    { name: 'idle_in_transaction_session_timeout', setting: '10000' },
    { name: 'lock_timeout', setting: '10000' },
    { name: 'statement_timeout', setting: '15000' },
  ]);
});

test('a listener hears notifications, and again after its connection was cut', async () => {
  let heard = 0;
  const listener = await database.listen('test_channel', () => {
    heard += 1;
  });
  expect(heard).toBe(1);
  await admin.query("NOTIFY test_channel, 'one'");
  await eventually(() => expect(heard).toBe(2));
  await admin.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'souk-test-listen'",
  );
  await eventually(() => expect(heard).toBe(3));
  await admin.query("NOTIFY test_channel, 'two'");
  await eventually(() => expect(heard).toBe(4));
  await listener.close();
});

test('of three replicas that want to do the same, one does it and the others go on at once; other work is not held up', async () => {
  const replicas = [1, 2, 3].map(() =>
    openDatabase({ url: testDatabase.url, service: 'test', logger, maxConnections: 3 }),
  );
  let running = 0;
  let most = 0;
  const sweep = (replica: Database) =>
    replica.alone('sweep', async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 150));
      running -= 1;
      return 'done';
    });
  const other = replicas[1]?.alone('other', async () => 'other');
  const answers = await Promise.all(replicas.map(sweep));
  expect(answers.filter((answer) => answer === 'done')).toHaveLength(1);
  expect(answers.filter((answer) => answer === undefined)).toHaveLength(2);
  expect(most).toBe(1);
  expect(await other).toBe('other');
  expect(await sweep(replicas[2] as Database)).toBe('done');
  for (const replica of replicas) await replica.close();
});

test('work that fails, or whose process dies, lets the next one do it', async () => {
  await expect(database.alone('failing', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await database.alone('failing', async () => 1)).toBe(1);
  const dying = openDatabase({ url: testDatabase.url, service: 'dying', logger, maxConnections: 2 });
  let end: () => void = () => undefined;
  const held = dying.alone('held', () => new Promise<void>((resolve) => (end = resolve)));
  await eventually(async () => expect(await database.alone('held', async () => 1)).toBeUndefined());
  await admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'souk-dying'");
  await eventually(async () => expect(await database.alone('held', async () => 1)).toBe(1));
  end();
  await held.catch(() => undefined);
  await dying.close();
});

test('two statements cannot share a name', () => {
  sql('test_twice', 'SELECT 1');
  expect(sql('test_twice', 'SELECT 1').text).toBe('SELECT 1');
  expect(() => sql('test_twice', 'SELECT 2')).toThrow('test_twice');
  expect(() => sql('x'.repeat(64), 'SELECT 1')).toThrow('63');
});
