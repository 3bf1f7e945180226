import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Database, openDatabase, type Statement, sql } from '@souk/postgres';
import { createLogger } from '@souk/runtime';
import { createTestDatabase, type TestDatabase } from '@souk/testkit';
import { compared, scope, unbookedFees, unknown } from './reconciliationStatements.js';

const PAYMENTS = 5_000;
let testDatabase: TestDatabase;
let database: Database;

/** Captured payments whose provider lists one movement each: every second one under its intent, the others under our id. */
beforeAll(async () => {
  testDatabase = await createTestDatabase('payment');
  database = openDatabase({ url: testDatabase.url, service: 'payment', logger: createLogger('test', 'silent') });
  for (const table of ['payment', 'provider_transaction'])
    await database.pool.query(`ALTER TABLE ${table} SET (autovacuum_enabled = false)`);
  await database.pool.query(
    `INSERT INTO payment (id, order_id, purpose_id, order_number, provider, capture_method, state, currency_code, amount_cents,
       authorized_cents, captured_cents, provider_reference, payable_until)
     SELECT 'pay_' || n, 'ord_' || n, 'ord_' || n, 'N' || n, 'stripe', 'AUTOMATIC', 'CAPTURED', 'EUR', 100, 100, 100, 'pi_' || n, now()
     FROM generate_series(1, ${PAYMENTS}) AS n`,
  );
  await database.pool.query(
    `INSERT INTO provider_transaction (provider, reference, kind, intent_reference, payment_id, amount_cents, currency_code, fee_cents,
       fee_currency_code, created_at)
     SELECT 'stripe', 'txn_' || n, 'CAPTURE', CASE WHEN n % 2 = 0 THEN 'pi_' || n END, CASE WHEN n % 2 = 1 THEN 'pay_' || n END, 100,
       'EUR', 3, 'EUR', now() - interval '1 day'
     FROM generate_series(1, ${PAYMENTS}) AS n`,
  );
});
afterAll(async () => {
  await database?.close();
  await testDatabase?.close();
});

const rowsRead = sql<{ rows: number }>(
  'test.rowsRead',
  'SELECT coalesce(sum(seq_tup_read + idx_tup_fetch), 0)::int AS rows FROM pg_stat_xact_user_tables',
);
const atMostASecond = sql<never>('test.atMostASecond', "SET LOCAL statement_timeout = '1s'");

/** What a statement answers, and how many rows of tables it reads for that. */
async function reading<Row>(statement: Statement<Row>, params: readonly unknown[]) {
  return database.transaction(async (tx) => {
    // comparing all with all reads each table once, and takes seconds
    await tx.query(atMostASecond);
    const [earlier] = await tx.query(rowsRead);
    const rows = await tx.query(statement, params);
    const [later] = await tx.query(rowsRead);
    return { rows, read: (later?.rows ?? 0) - (earlier?.rows ?? 0) };
  });
}
const before = new Date(Date.now() - 2 * 86_400_000);

/** A list grows by thousands at once when it is fetched for the first time: Postgres knows nothing of it until it has looked, which may be minutes. */
describe.each([
  { known: 'that Postgres knows nothing of', prepare: 'SELECT 1' },
  { known: 'that Postgres knows', prepare: 'ANALYZE' },
])('with a list $known', ({ prepare }) => {
  beforeAll(() => database.pool.query(prepare));

  test('a page of payments is compared without reading the whole list for each of them', async () => {
    const ids = Array.from({ length: 200 }, (_, index) => `pay_${index + 1_000}`);
    const { rows: payments, read } = await reading(compared, [ids, new Date()]);
    expect(payments).toHaveLength(200);
    for (const { payment } of payments) expect(payment.listed).toMatchObject([{ kind: 'CAPTURE', cents: 100 }]);
    expect(read).toBeLessThan(PAYMENTS);
  });

  /** Reading each table through once is right here: all of it moved since the last run. Once per row is not. */
  test.each([
    { name: 'the payments that moved', statement: scope, params: ['stripe', before, 'led_0'], rows: PAYMENTS },
    { name: 'what no payment is of', statement: unknown, params: ['stripe', before, new Date()], rows: 0 },
    { name: 'fees', statement: unbookedFees, params: ['stripe', 200], rows: 200 },
  ])('$name: no table is read more than once', async ({ statement, params, rows }) => {
    const { rows: found, read } = await reading(statement as typeof scope, params);
    expect(found).toHaveLength(rows);
    expect(read).toBeLessThan(5 * PAYMENTS);
  });
});
