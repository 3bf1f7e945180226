import { setTimeout as delay } from 'node:timers/promises';
import { openDatabase, sql } from '@souk/postgres';
import pg from 'pg';
import { documentHarness } from '../../testing/documentHarness.js';

let shop: Awaited<ReturnType<typeof documentHarness>>;
beforeAll(async () => {
  shop = await documentHarness();
});
afterAll(() => shop.close());

const kinds = async (orderId: string) => (await shop.documents(orderId)).map((document) => document.kind);

const waiting = sql<{ count: number }>(
  'test.waitingDocuments',
  'SELECT count(*)::int AS count FROM document_request WHERE attempt_at IS NOT NULL',
);
const due = sql('test.killedDue', `UPDATE document_request SET attempt_at = now() WHERE attempt_at > now()`);

test('numbers have neither gaps nor duplicates, with 50 orders, 5 processes and connections that are killed all the time', async () => {
  const admin = new pg.Client({ connectionString: shop.adminUrl });
  await admin.connect();
  const ids = Array.from({ length: 50 }, () => shop.order().id);
  await Promise.all(
    ids.map(async (id) => {
      await shop.confirmed(id);
      await shop.moved(id, 5_470);
      await shop.moved(id, -100);
    }),
  );
  const processes = Array.from({ length: 5 }, () =>
    openDatabase({ url: shop.url, service: 'payment', logger: shop.logger, maxConnections: 2 }),
  );
  let stopped = false;
  let kills = 0;
  const killing = (async () => {
    while (!stopped) {
      await delay(Math.random() * 5);
      const killed = await admin.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
         AND (query LIKE '%payment_document%' OR query LIKE '%document_request%') ORDER BY random() LIMIT 1`,
      );
      kills += killed.rowCount ?? 0;
      // What a killed process had leased is given to others at once, while it may still be at work on it.
      await shop.database.query(due).catch(() => undefined);
    }
  })();
  const left = async () => (await admin.query(waiting.text)).rows[0].count as number;
  const deadline = Date.now() + 60_000;
  await Promise.all(
    processes.map(async (database) => {
      const app = shop.appOn(database);
      while ((await left().catch(() => 1)) > 0 && Date.now() < deadline)
        await app.issueDocuments().catch(() => delay(5));
    }),
  );
  stopped = true;
  await killing;
  await Promise.all(processes.map((database) => database.close()));
  await admin.end();

  expect(kills).toBeGreaterThanOrEqual(5);
  for (const id of ids) expect((await kinds(id)).sort()).toEqual(['CREDIT_NOTE', 'INVOICE', 'RECEIPT']);
  const numbers = await shop.numbers();
  for (const series of ['SOUK-2026', 'SOUK-R-2026', 'SOUK-C-2026']) {
    const places = numbers
      .filter((number) => number.startsWith(`${series}-`))
      .map((number) => Number(number.slice(-6)));
    expect(places).toEqual(Array.from({ length: places.length }, (_, index) => index + 1));
    expect(places.length).toBeGreaterThanOrEqual(50);
  }
}, 120_000);
