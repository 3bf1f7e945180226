import { readdirSync, readFileSync } from 'node:fs';
import { type Database, openDatabase } from '@souk/postgres';
import { createLogger } from '@souk/runtime';
import { createTestDatabase, type TestDatabase } from '@souk/testkit';

/** A shop that has sold before this service knew purposes, captures and saved methods is upgraded with all it has. */
const MIGRATIONS = new URL('../../../../prisma/payment/migrations/', import.meta.url);
const BEFORE = '20261122140000';

let testDatabase: TestDatabase;
let database: Database;
beforeAll(async () => {
  testDatabase = await createTestDatabase('payment');
  database = openDatabase({
    url: testDatabase.url,
    service: 'payment',
    logger: createLogger('payment', 'silent'),
    maxConnections: 1,
  });
});
afterAll(async () => {
  await database.close();
  await testDatabase.close();
});

const run = (text: string) => database.pool.query(text);
const names = readdirSync(MIGRATIONS)
  .filter((name) => /^\d{14}_/.test(name))
  .sort();
async function migrate(wanted: (name: string) => boolean): Promise<void> {
  for (const name of names.filter(wanted)) {
    await run(readFileSync(new URL(`${name}/migration.sql`, MIGRATIONS), 'utf8'));
  }
}

test('payments become those of their orders, disputes get their state, and nothing is lost', async () => {
  await run('CREATE SCHEMA before; SET search_path TO before');
  await migrate((name) => name < BEFORE);
  const payment = (id: string, state: string, cents: number) =>
    `('${id}', 'ord_${id}', 'S-1', 'stripe', '${state}', 'EUR', 4550, ${cents}, ${cents}, now())`;
  await run(`INSERT INTO payment (id, order_id, order_number, provider, state, currency_code, amount_cents, authorized_cents,
      captured_cents, payable_until) VALUES ${[
        payment('paid', 'CAPTURED', 4_550),
        payment('open', 'CREATED', 0),
        payment('off', 'CANCELLED', 0),
      ].join(', ')}`);
  await run(`INSERT INTO dispute (id, payment_id, provider, provider_reference, currency_code, amount_cents, status) VALUES
      ('1', 'paid', 'stripe', 'dp_1', 'EUR', 4550, 'needs_response'), ('2', 'paid', 'stripe', 'dp_2', 'EUR', 4550, 'won'),
      ('3', 'paid', 'stripe', 'dp_3', 'EUR', 4550, 'warning_under_review')`);
  await migrate((name) => name >= BEFORE);
  const { rows } = await run('SELECT id, order_id, purpose_id, capture_method, replaced FROM payment ORDER BY id');
  expect(rows).toEqual(
    ['off', 'open', 'paid'].map((id) => ({
      id,
      order_id: `ord_${id}`,
      purpose_id: `ord_${id}`,
      capture_method: 'AUTOMATIC',
      replaced: false,
    })),
  );
  const disputes = await run('SELECT state, withdrawn FROM dispute ORDER BY id');
  expect(disputes.rows).toEqual(['OPEN', 'WON', 'INQUIRY'].map((state) => ({ state, withdrawn: false })));
  const twice = payment('twice', 'CREATED', 0).replace('ord_twice', 'ord_other');
  await expect(
    run(`INSERT INTO payment (id, order_id, order_number, provider, state, currency_code, amount_cents, authorized_cents,
      captured_cents, payable_until, purpose_id) VALUES ${twice.replace('now())', "now(), 'ord_open')")}`),
  ).rejects.toThrow('payment_purpose_id_key');
});
