import { type Database, openDatabase, sql } from '@souk/postgres';
import { createLogger } from '@souk/runtime';
import { createTestDatabase, type TestDatabase } from '@souk/testkit';
import { orderBacklog } from './backlog.postgres.js';

let testDatabase: TestDatabase;
let database: Database;
beforeAll(async () => {
  testDatabase = await createTestDatabase('order');
  database = openDatabase({ url: testDatabase.url, service: 'order', logger: createLogger('order', 'silent') });
});
afterAll(async () => {
  await database.close();
  await testDatabase.close();
});

test('an idle service reports zeros, so that an alarm can end', async () => {
  expect(await database.query(orderBacklog)).toEqual([
    { what: 'placements_running', count: 0, oldest_seconds: 0 },
    { what: 'placements_undoing', count: 0, oldest_seconds: 0 },
    { what: 'orders_overdue', count: 0, oldest_seconds: 0 },
    { what: 'returns_not_refunded', count: 0, oldest_seconds: 0 },
    { what: 'carrier_events_waiting', count: 0, oldest_seconds: 0 },
  ]);
});

test('a saga that nobody ends is counted with its age; one that ended is not', async () => {
  await database.query(
    sql<never>(
      'test.placements',
      `INSERT INTO placement (scope, key, input_hash, input, order_id, step, run_token, lease_until, traceparent, correlation_id, created_at)
       SELECT 's', step, 'h', '{}', step, step, 'r', now(), 't', 'c', now() - interval '90 seconds'
       FROM unnest(ARRAY['RUNNING', 'PLACED']) AS s(step)`,
    ),
  );
  const [running, undoing] = await database.query(orderBacklog);
  expect(running).toMatchObject({ what: 'placements_running', count: 1 });
  expect(running?.oldest_seconds).toBeGreaterThanOrEqual(90);
  expect(running?.oldest_seconds).toBeLessThan(120);
  expect(undoing?.count).toBe(0);
});
