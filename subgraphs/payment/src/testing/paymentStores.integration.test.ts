import { openDatabase, sql } from '@souk/postgres';
import { createLogger } from '@souk/runtime';
import { createTestDatabase } from '@souk/testkit';
import { createPaymentStore } from '../adapters/paymentStore.postgres.js';
import { createWebhookStore } from '../adapters/webhookStore.postgres.js';
import { PrismaClient } from '../generated/prisma/client.js';
import { memoryPayments, memoryWebhooks, type PaymentTables } from './memoryStores.js';
import { type PaymentStoresBench, paymentStoresContract } from './paymentStoresContract.js';

/** The stores that the simulation runs on, and the real ones, keep the same promises. */
describe('in memory', () => {
  const published: { aggregateId: string; type: string }[] = [];
  const tables: PaymentTables = {
    payments: new Map(),
    rounds: new Map(),
    sessions: new Map(),
    ledger: [],
    inbox: new Set(),
    webhooks: new Map(),
    publish: (events) => published.push(...events),
    now: Date.now,
  };
  const bench: PaymentStoresBench = {
    payments: inFuture(memoryPayments(tables)) as PaymentStoresBench['payments'],
    webhooks: inFuture(memoryWebhooks(tables)) as PaymentStoresBench['webhooks'],
    published: async (id) => published.filter(({ aggregateId }) => aggregateId === id).map(({ type }) => type),
  };
  paymentStoresContract(() => bench);
});

/** The same methods, answering promises. */
function inFuture(store: object): unknown {
  return Object.fromEntries(
    Object.entries(store).map(([name, method]) => [name, async (...args: never[]) => method(...args)]),
  );
}

describe('in Postgres', () => {
  const typesOf = sql<{ type: string }>(
    'test.publishedOf',
    'SELECT type FROM outbox_event WHERE aggregate_id = $1 ORDER BY sequence, id',
  );
  let bench: PaymentStoresBench;
  let close: () => Promise<void>;
  beforeAll(async () => {
    const test = await createTestDatabase('payment');
    const database = openDatabase({ url: test.url, service: 'payment', logger: createLogger('payment', 'silent') });
    bench = {
      payments: createPaymentStore(database),
      webhooks: createWebhookStore(database, new PrismaClient({ adapter: database.prismaAdapter() })),
      published: async (id) => (await database.query(typesOf, [id])).map(({ type }) => type),
    };
    close = async () => {
      await database.close();
      await test.close();
    };
  });
  afterAll(() => close());
  paymentStoresContract(() => bench);
});
