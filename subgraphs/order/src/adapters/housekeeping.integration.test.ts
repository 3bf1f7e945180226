import { type Database, openDatabase, sql } from '@souk/postgres';
import { createLogger } from '@souk/runtime';
import { createTestDatabase, type TestDatabase } from '@souk/testkit';
import { purgeOldWork } from './housekeeping.postgres.js';

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

test('old refusals and carriers’ messages go, in batches; what became an order, is under way or is young stays', async () => {
  await database.query(
    sql<never>(
      'test.placements',
      `INSERT INTO placement (scope, key, input_hash, input, order_id, step, run_token, lease_until, refusal, traceparent, correlation_id, updated_at)
       SELECT 's', step || days, 'h', '{}', step || days, step, 'r', now(), CASE WHEN step IN ('REFUSED', 'ABANDONED') THEN '{}'::jsonb END,
         't', 'c', now() - days * interval '1 day'
       FROM unnest(ARRAY['RUNNING', 'PLACED', 'REFUSED', 'ABANDONED']) AS s(step), unnest(ARRAY[29, 31]) AS d(days)`,
    ),
  );
  await database.query(
    sql<never>(
      'test.carrierEvents',
      `INSERT INTO carrier_event (carrier, event_id, type, tracking_number, occurred_at, state, traceparent, settled_at)
       VALUES ('c', 'old', 't', 'n', now(), 'PROCESSED', 't', now() - interval '91 days'), ('c', 'young', 't', 'n', now(), 'PROCESSED', 't', now()),
         ('c', 'open', 't', 'n', now(), 'RECEIVED', 't', NULL)`,
    ),
  );
  const purge = purgeOldWork(database);
  expect([await purge(1), await purge(1), await purge(1)]).toEqual([2, 1, 0]);
  const kept = await database.query(sql<{ key: string }>('test.kept', 'SELECT key FROM placement ORDER BY key'));
  expect(kept.map(({ key }) => key)).toEqual([
    'ABANDONED29',
    'PLACED29',
    'PLACED31',
    'REFUSED29',
    'RUNNING29',
    'RUNNING31',
  ]);
  const messages = await database.query(
    sql<{ id: string }>('test.messages', 'SELECT event_id AS id FROM carrier_event ORDER BY 1'),
  );
  expect(messages.map(({ id }) => id)).toEqual(['open', 'young']);
});
