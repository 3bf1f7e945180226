import { type Database, openDatabase, sql } from '@souk/postgres';
import { createLogger, newId } from '@souk/runtime';
import { createTestDatabase, type TestDatabase } from '@souk/testkit';
import type { StockReturn, StockStore } from '../app/ports.js';
import { postgresStockStore } from './stockStore.postgres.js';

let testDatabase: TestDatabase;
let database: Database;
let stock: StockStore;
const LATER = new Date(Date.now() + 3_600_000);

beforeAll(async () => {
  testDatabase = await createTestDatabase('product');
  database = openDatabase({ url: testDatabase.url, service: 'product', logger: createLogger('test', 'silent') });
  stock = postgresStockStore(database);
});
afterAll(async () => {
  await database.close();
  await testDatabase.close();
});

const insert = sql(
  'test.variant',
  `INSERT INTO inventory (variant_id, product_id, on_hand, sold) VALUES ($1, 'prd_1', $2, $3)`,
);
const sumOf = sql<{ sum: number }>(
  'test.movements',
  `SELECT coalesce(sum(quantity), 0)::int AS sum FROM stock_movement WHERE variant_id = $1`,
);

async function variant(onHand: number, sold = 0): Promise<string> {
  const id = newId('var');
  await database.query(insert, [id, onHand, sold]);
  return id;
}
const level = async (variantId: string) => {
  const [found] = await stock.levels([variantId]);
  return found && { onHand: found.onHand, reserved: found.reserved };
};
const moved = async (variantId: string) => (await database.query(sumOf, [variantId]))[0]?.sum;
const event = () => ({
  id: newId('evt'),
  type: 'return.received',
  version: 1,
  aggregateId: 'ord_1',
  sequence: 1,
  occurredAt: new Date().toISOString(),
  traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`,
  correlationId: 'req_1',
  causationId: null,
  actor: 'usr_staff',
  data: {},
});
const taken = (parts: Partial<StockReturn>): StockReturn => ({
  key: newId('rtn'),
  orderId: 'ord_1',
  sold: [],
  restock: [],
  ...parts,
});

describe('what an exchange holds', () => {
  test('is made larger, smaller and other than before, and never more than there is', async () => {
    const [a, b] = [await variant(5), await variant(2)];
    const id = newId('rtn');
    const hold = (...lines: [string, number][]) =>
      stock.hold(
        id,
        lines.map(([variantId, quantity]) => ({ variantId, quantity })),
        LATER,
      );
    expect((await hold([a, 2])).outcome).toBe('RESERVED');
    expect((await hold([a, 2])).outcome).toBe('RESERVED');
    expect(await level(a)).toEqual({ onHand: 5, reserved: 2 });
    expect((await hold([a, 5])).outcome).toBe('RESERVED');
    expect(await level(a)).toEqual({ onHand: 5, reserved: 5 });
    expect((await hold([a, 1], [b, 2])).outcome).toBe('RESERVED');
    expect([await level(a), await level(b)]).toEqual([
      { onHand: 5, reserved: 1 },
      { onHand: 2, reserved: 2 },
    ]);
    expect(await hold([a, 1], [b, 3])).toEqual({
      outcome: 'INSUFFICIENT_STOCK',
      short: [{ variantId: b, requested: 3, available: 2 }],
    });
    expect([await level(a), await level(b)]).toEqual([
      { onHand: 5, reserved: 0 },
      { onHand: 2, reserved: 0 },
    ]);
  });

  test('is held again after it lapsed, but not after it was given back for good', async () => {
    const a = await variant(3);
    const id = newId('rtn');
    const lines = [{ variantId: a, quantity: 2 }];
    await stock.hold(id, lines, LATER);
    await stock.releaseAsOf(id, new Date(Date.now() + 60_000));
    expect(await level(a)).toEqual({ onHand: 3, reserved: 0 });
    expect((await stock.hold(id, lines, LATER)).outcome).toBe('RESERVED');
    await stock.releaseAsOf(id, new Date(Date.now() - 60_000));
    expect(await level(a)).toEqual({ onHand: 3, reserved: 2 });
    await stock.release(id);
    expect((await stock.hold(id, lines, LATER)).outcome).toBe('RELEASED');
    expect(await level(a)).toEqual({ onHand: 3, reserved: 0 });
  });

  test('that was sold cannot be changed any more', async () => {
    const a = await variant(3);
    const id = newId('rtn');
    await stock.hold(id, [{ variantId: a, quantity: 2 }], LATER);
    await stock.commit([id], 'usr_1');
    expect((await stock.hold(id, [{ variantId: a, quantity: 1 }], LATER)).outcome).toBe('RESERVATION_MISMATCH');
    expect((await stock.hold(id, [{ variantId: a, quantity: 2 }], LATER)).outcome).toBe('COMMITTED');
    expect(await level(a)).toEqual({ onHand: 1, reserved: 0 });
  });

  test('ten holders who want the last five in ever other quantities are never promised more than five', async () => {
    const a = await variant(5);
    const ids = Array.from({ length: 10 }, () => newId('rtn'));
    for (let round = 0; round < 5; round += 1) {
      await Promise.all(
        ids.map((id, index) => stock.hold(id, [{ variantId: a, quantity: ((index + round) % 3) + 1 }], LATER)),
      );
      const { reserved } = (await level(a)) ?? { reserved: -1 };
      expect(reserved).toBeGreaterThan(0);
      expect(reserved).toBeLessThanOrEqual(5);
    }
  });
});

describe('a received return', () => {
  test('puts accepted goods back on the shelf once, however often and under whatever event it is told', async () => {
    const [a, b] = [await variant(1, 4), await variant(0, 1)];
    const back = taken({
      restock: [
        { variantId: a, quantity: 1 },
        { variantId: b, quantity: 1 },
        { variantId: a, quantity: 1 },
      ],
    });
    const told = event();
    const answers = await Promise.all([1, 2, 3].map(() => stock.returnOnce(told, back)));
    expect(answers.filter((answer) => answer !== undefined)).toEqual([{ sold: null, missing: [] }]);
    await stock.returnOnce(event(), back);
    expect([await level(a), await level(b)]).toEqual([
      { onHand: 3, reserved: 0 },
      { onHand: 1, reserved: 0 },
    ]);
    expect([await moved(a), await moved(b)]).toEqual([2, 1]);
  });

  test('sells what is delivered in exchange, together with the restock, in whatever order variants come', async () => {
    const [a, b] = [await variant(2, 1), await variant(2, 1)];
    const returns = await Promise.all(
      [
        [a, b],
        [b, a],
      ].map(async ([wanted, back]) => {
        const key = newId('rtn');
        await stock.hold(key, [{ variantId: String(wanted), quantity: 1 }], LATER);
        return taken({ key, sold: [key], restock: [{ variantId: String(back), quantity: 1 }] });
      }),
    );
    await Promise.all(returns.map((back) => stock.returnOnce(event(), back)));
    expect([await level(a), await level(b)]).toEqual([
      { onHand: 2, reserved: 0 },
      { onHand: 2, reserved: 0 },
    ]);
    expect([await moved(a), await moved(b)]).toEqual([0, 0]);
  });

  test('names goods of a variant that is not kept in stock, and takes the others', async () => {
    const a = await variant(0, 1);
    const gone = newId('var');
    const restock = [
      { variantId: gone, quantity: 2 },
      { variantId: a, quantity: 1 },
    ];
    expect(await stock.returnOnce(event(), taken({ restock }))).toEqual({
      sold: null,
      missing: [{ variantId: gone, quantity: 2 }],
    });
    expect(await level(a)).toEqual({ onHand: 1, reserved: 0 });
  });
});
