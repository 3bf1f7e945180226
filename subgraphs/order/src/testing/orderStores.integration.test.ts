import { openDatabase, sql } from '@souk/postgres';
import { createLogger } from '@souk/runtime';
import { createTestDatabase } from '@souk/testkit';
import { createOrderStore } from '../adapters/orderStore.postgres.js';
import { createPlacementStore } from '../adapters/placementStore.postgres.js';
import { memoryOrders, memoryPlacements, type OrderTables } from './memoryStores.js';
import { type OrderStoresBench, orderStoresContract } from './orderStoresContract.js';

/** The stores that the simulation runs on, and the real ones, keep the same promises. */
describe('in memory', () => {
  const published: { aggregateId: string; type: string }[] = [];
  const tables: OrderTables = {
    placements: new Map(),
    orders: new Map(),
    inbox: new Set(),
    publish: (events) => published.push(...events),
    now: Date.now,
  };
  const bench: OrderStoresBench = {
    placements: inFuture(memoryPlacements(tables)) as OrderStoresBench['placements'],
    orders: inFuture(memoryOrders(tables)) as OrderStoresBench['orders'],
    published: async (id) => published.filter(({ aggregateId }) => aggregateId === id).map(({ type }) => type),
  };
  orderStoresContract(() => bench);
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
  let bench: OrderStoresBench;
  let close: () => Promise<void>;
  beforeAll(async () => {
    const test = await createTestDatabase('order');
    const database = openDatabase({ url: test.url, service: 'order', logger: createLogger('order', 'silent') });
    bench = {
      placements: createPlacementStore(database),
      orders: createOrderStore(database),
      published: async (id) => (await database.query(typesOf, [id])).map(({ type }) => type),
    };
    close = async () => {
      await database.close();
      await test.close();
    };
  });
  afterAll(() => close());
  orderStoresContract(() => bench);
});
