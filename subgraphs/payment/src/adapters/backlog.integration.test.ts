import { type Database, openDatabase, sql } from '@souk/postgres';
import { createLogger } from '@souk/runtime';
import { createTestDatabase, type TestDatabase } from '@souk/testkit';
import { paymentBacklog } from './backlog.postgres.js';

let testDatabase: TestDatabase;
let database: Database;
beforeAll(async () => {
  testDatabase = await createTestDatabase('payment');
  database = openDatabase({ url: testDatabase.url, service: 'payment', logger: createLogger('payment', 'silent') });
});
afterAll(async () => {
  await database.close();
  await testDatabase.close();
});

test('webhooks that wait and those that were given up are counted apart', async () => {
  const counts = async () => (await database.query(paymentBacklog)).map(({ what, count }) => [what, count]);
  const none = [
    ['webhooks_waiting', 0],
    ['webhooks_failed', 0],
    ['documents_waiting', 0],
    ['reconciliation_differences', 0],
    ['captures_pending', 0],
    ['refunds_pending', 0],
    ['refunds_by_hand', 0],
  ];
  expect(await counts()).toEqual(none);
  await database.query(
    sql<never>(
      'test.webhooks',
      `INSERT INTO webhook_event (id, provider, provider_event_id, type, payload, status, attempt_at)
       VALUES ('1', 'p', '1', 't', '{}', 'RECEIVED', now()), ('2', 'p', '2', 't', '{}', 'FAILED', NULL), ('3', 'p', '3', 't', '{}', 'PROCESSED', NULL)`,
    ),
  );
  expect(await counts()).toEqual([['webhooks_waiting', 1], ['webhooks_failed', 1], ...none.slice(2)]);
});
