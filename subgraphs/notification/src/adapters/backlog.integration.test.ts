import { type Database, openDatabase, sql, watchBacklog } from '@souk/postgres';
import { createLogger, metrics } from '@souk/runtime';
import { createTestDatabase, eventually, type TestDatabase } from '@souk/testkit';
import { notificationBacklog } from './backlog.postgres.js';

const logger = createLogger('notification', 'silent');
let testDatabase: TestDatabase;
let database: Database;
beforeAll(async () => {
  testDatabase = await createTestDatabase('notification');
  database = openDatabase({ url: testDatabase.url, service: 'notification', logger });
});
afterAll(async () => {
  await database.close();
  await testDatabase.close();
});

test('a message that was given up shows in /metrics', async () => {
  await database.query(
    sql<never>(
      'test.failed',
      `INSERT INTO delivery (id, event_id, template, channel, params, state, traceparent, correlation_id)
       VALUES ('d', 'e', 'order.placed', 'EMAIL', '{}', 'FAILED', 't', 'c')`,
    ),
  );
  const backlog = watchBacklog({ database, statement: notificationBacklog, logger });
  await eventually(async () => {
    const text = await metrics.registry.metrics();
    expect(text).toContain('souk_backlog{what="notifications_failed"} 1');
    expect(text).toContain('souk_backlog{what="notifications_due"} 0');
  });
  await backlog.close();
});
