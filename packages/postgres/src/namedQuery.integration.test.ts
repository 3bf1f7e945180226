import { createLogger } from '@souk/runtime';
import { createTestDatabase, type TestDatabase } from '@souk/testkit';
import { type Database, openDatabase, sql } from './index.js';

let testDatabase: TestDatabase;
/** Of one connection, so that what one query leaves on it is there for the next. */
let database: Database;
let describes = 0;

beforeAll(async () => {
  testDatabase = await createTestDatabase('cart');
  database = openDatabase({
    url: testDatabase.url,
    service: 'test',
    logger: createLogger('postgres-test', 'silent'),
    maxConnections: 1,
  });
  database.pool.on('connect', (client) => {
    const { connection } = client as unknown as { connection: { describe(o: unknown): void } };
    const describe = connection.describe.bind(connection);
    connection.describe = (o) => {
      describes += 1;
      describe(o);
    };
  });
});
beforeEach(() => {
  describes = 0;
});
afterAll(async () => {
  await database.close();
  await testDatabase.close();
});

const series = sql<{ n: number; even: boolean; name: string | null; at: Date; tags: string[] }>(
  'named.series',
  `SELECT n::int AS n, n % 2 = 0 AS even, CASE WHEN n > 1 THEN 'n' || n END AS name, '2026-01-02T03:04:05Z'::timestamptz AS at, $2::text[] AS tags
   FROM generate_series(1, $1::int) AS n`,
);
const seriesRow = (n: number, tags: string[]) => ({
  n,
  even: n % 2 === 0,
  name: n > 1 ? `n${n}` : null,
  at: new Date('2026-01-02T03:04:05Z'),
  tags,
});

test('the columns are asked for once on a connection; every row has them all, of its own', async () => {
  const tags = ['a,b', '"c"'];
  expect(await database.query(series, [3, tags])).toEqual([1, 2, 3].map((n) => seriesRow(n, tags)));
  expect(await database.query(series, [1, []])).toEqual([seriesRow(1, [])]);
  expect(await database.query(series, [0, tags])).toEqual([]);
  expect(await database.query(series, [2, tags])).toEqual([1, 2].map((n) => seriesRow(n, tags)));
  expect(describes).toBe(1);
});

test('a statement without rows answers none, and is described once too', async () => {
  const nothing = sql('named.nothing', 'DELETE FROM cart WHERE false');
  expect(await database.query(nothing)).toEqual([]);
  expect(await database.query(nothing)).toEqual([]);
  expect(describes).toBe(1);
});

test('after an error the same statement works on the same connection, described or not', async () => {
  const divide = sql<{ value: number }>('named.divide', 'SELECT 6 / $1::int AS value');
  await expect(database.query(divide, [0])).rejects.toMatchObject({ code: '22012' });
  expect(await database.query(divide, [2])).toEqual([{ value: 3 }]);
  await expect(database.query(divide, [0])).rejects.toMatchObject({ code: '22012' });
  expect(await database.query(divide, [3])).toEqual([{ value: 2 }]);
});

test('a statement that does not parse fails each time, and leaves the connection usable', async () => {
  const wrong = sql('named.wrong', 'SELECT no_such_column FROM cart');
  for (let i = 0; i < 2; i += 1) await expect(database.query(wrong)).rejects.toMatchObject({ code: '42703' });
  expect(await database.query(series, [1, []])).toEqual([seriesRow(1, [])]);
});

test('a row that cannot be read fails the query, not the connection', async () => {
  const big = sql<{ value: number }>('named.big', 'SELECT unnest($1::bigint[]) AS value');
  await expect(database.query(big, [['9007199254740993', '1']])).rejects.toThrow('beyond the safe integers');
  expect(await database.query(big, [['7', '8']])).toEqual([{ value: 7 }, { value: 8 }]);
});

test('a parameter that cannot be sent fails before anything is sent', async () => {
  const circular: { self?: unknown } = {};
  circular.self = circular;
  const echo = sql<{ value: unknown }>('named.echo', 'SELECT $1::jsonb AS value');
  await expect(database.query(echo, [circular])).rejects.toThrow('circular');
  expect(await database.query(echo, [{ a: 1 }])).toEqual([{ value: { a: 1 } }]);
});

test('an error tells who asked', async () => {
  async function askForNothing() {
    await database.query(sql('named.asks', 'SELECT 1 / $1::int AS value'), [0]);
  }
  await expect(askForNothing()).rejects.toMatchObject({ stack: expect.stringContaining('askForNothing') });
});
