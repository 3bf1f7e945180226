import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { EventEnvelope } from '@souk/events';
import { type Database, openDatabase, sql } from '@souk/postgres';
import { createLogger, newId } from '@souk/runtime';
import { createTestDatabase, type TestDatabase } from '@souk/testkit';
import fc from 'fast-check';
import type { StockStore } from '../app/ports.js';
import { postgresProjectionStore } from './projectionStore.postgres.js';
import { postgresStockStore } from './stockStore.postgres.js';

let test_: TestDatabase;
let database: Database;
let stock: StockStore;
const LATER = new Date(Date.now() + 3_600_000);

beforeAll(async () => {
  test_ = await createTestDatabase('product');
  database = openDatabase({ url: test_.url, service: 'product', logger: createLogger('test', 'silent') });
  stock = postgresStockStore(database);
});
afterAll(async () => {
  await database.close();
  await test_.close();
});

/** Variants with this much stock each, as the projection makes them. */
async function variants(...onHand: number[]): Promise<string[]> {
  const ids = onHand.map(() => newId('var'));
  await postgresProjectionStore(database).project([
    {
      productId: newId('prd'),
      version: 1,
      status: 'ACTIVE',
      slug: 'mug',
      name: 'Mug',
      sortName: 'mug',
      categoryIds: [],
      variantIds: ids,
      facets: [],
      priceMin: 1,
      priceMax: 1,
      currencyCode: 'EUR',
      searchText: 'mug',
      details: '',
      description: '',
      createdAt: new Date().toISOString(),
      updatedAt: new Date().toISOString(),
      stock: ids.map((variantId, index) => ({ variantId, onHand: onHand[index] ?? 0 })),
    },
  ]);
  return ids;
}

const level = async (variantId: string) => {
  const [found] = await stock.levels([variantId]);
  return found && { onHand: found.onHand, reserved: found.reserved, available: found.available };
};
const order = () => newId('ord');
/** Clearly later than what was reserved just now: Postgres rounds a moment to the nearest millisecond, JavaScript down. */
const afterNow = () => new Date(Date.now() + 1_000);
const eventAt = (occurredAt: Date): EventEnvelope => ({
  id: newId('evt'),
  type: 'order.expired',
  version: 1,
  aggregateId: 'ord_x',
  sequence: 2,
  occurredAt: occurredAt.toISOString(),
  traceparent: '00-00000000000000000000000000000001-0000000000000001-01',
  correlationId: 'test',
  causationId: null,
  actor: 'service:order',
  data: {},
});

interface Audit {
  variantId: string;
  onHand: number;
  reserved: number;
  movements: number;
  reservations: number;
}
const audit = sql<Audit>(
  'test.audit',
  `SELECT i.variant_id AS "variantId", i.on_hand AS "onHand", i.reserved,
     (SELECT coalesce(sum(quantity), 0)::int FROM stock_movement m WHERE m.variant_id = i.variant_id) AS movements,
     (SELECT coalesce(sum(quantity), 0)::int FROM reservation r WHERE r.variant_id = i.variant_id AND r.state = 'ACTIVE') AS reservations
   FROM inventory i`,
);
async function expectBooksToBalance(): Promise<void> {
  for (const row of await database.query(audit)) {
    expect({ ...row, onHand: row.movements, reserved: row.reservations }).toEqual(row);
  }
}

const rowsScanned = sql<{ rows: number }>(
  'test.rowsScanned',
  `SELECT coalesce(sum(seq_tup_read), 0)::int AS rows FROM pg_stat_xact_user_tables WHERE relname = ANY ($1)`,
);
const reserved = sql<{ outcome: string }>(
  'test.reserve',
  `SELECT stock_reserve($1, $2, '{1,1}', now() + interval '1 hour') ->> 'outcome' AS outcome`,
);
const sold = sql<{ outcome: string }>('test.sell', `SELECT stock_commit($1, 'test') ->> 'outcome' AS outcome`);
const given = sql<{ outcome: string }>('test.release', `SELECT stock_release($1) ->> 'outcome' AS outcome`);

describe('reserving', () => {
  test('what is read for an order does not grow with the number of articles', async () => {
    const shelf = await variants(...Array.from({ length: 2_000 }, () => 5));
    await database.pool.query('ANALYZE inventory');
    const scanned = await database.transaction(async (tx) => {
      const kept = order();
      expect(await tx.query(reserved, [kept, shelf.slice(10, 12)])).toEqual([{ outcome: 'RESERVED' }]);
      expect(await tx.query(sold, [kept])).toEqual([{ outcome: 'COMMITTED' }]);
      const ended = order();
      expect(await tx.query(reserved, [ended, shelf.slice(20, 22)])).toEqual([{ outcome: 'RESERVED' }]);
      expect(await tx.query(given, [ended])).toEqual([{ outcome: 'RELEASED' }]);
      return tx.query(rowsScanned, [['inventory']]);
    });
    expect(scanned).toEqual([{ rows: 0 }]);
  });

  test('500 buyers of 50 units: exactly 50 get one', async () => {
    const [id = ''] = await variants(50);
    const answers = await Promise.all(
      Array.from({ length: 500 }, () => stock.reserve(order(), [{ variantId: id, quantity: 1 }], LATER)),
    );
    expect(answers.filter(({ outcome }) => outcome === 'RESERVED')).toHaveLength(50);
    expect(answers.filter(({ outcome }) => outcome === 'INSUFFICIENT_STOCK')).toHaveLength(450);
    expect(await level(id)).toEqual({ onHand: 50, reserved: 50, available: 0 });
    await expectBooksToBalance();
  });

  test('orders that name the same variants in opposite orders do not dead-lock', async () => {
    const ids = await variants(1_000, 1_000, 1_000, 1_000);
    const forth = ids.map((variantId) => ({ variantId, quantity: 1 }));
    const back = [...forth].reverse();
    const orders = Array.from({ length: 100 }, order);
    const reserved = await Promise.all(orders.map((id, index) => stock.reserve(id, index % 2 ? forth : back, LATER)));
    expect(new Set(reserved.map(({ outcome }) => outcome))).toEqual(new Set(['RESERVED']));
    await Promise.all(orders.map((id, index) => (index % 2 ? stock.commit([id], 'test') : stock.release(id))));
    for (const id of ids) expect(await level(id)).toEqual({ onHand: 950, reserved: 0, available: 950 });
    await expectBooksToBalance();
  });

  test('two lines of one variant count together', async () => {
    const [id = ''] = await variants(5);
    const lines = [
      { variantId: id, quantity: 3 },
      { variantId: id, quantity: 3 },
    ];
    expect(await stock.reserve(order(), lines, LATER)).toEqual({
      outcome: 'INSUFFICIENT_STOCK',
      short: [{ variantId: id, requested: 6, available: 5 }],
    });
    expect(
      (
        await stock.reserve(
          order(),
          lines.map((line) => ({ ...line, quantity: 2 })),
          LATER,
        )
      ).outcome,
    ).toBe('RESERVED');
    expect(await level(id)).toEqual({ onHand: 5, reserved: 4, available: 1 });
  });

  test('one short line refuses the whole order and changes nothing; unknown variants have no stock', async () => {
    const [many = '', few = ''] = await variants(10, 1);
    const answer = await stock.reserve(
      order(),
      [
        { variantId: many, quantity: 2 },
        { variantId: few, quantity: 2 },
        { variantId: 'var_zzz', quantity: 1 },
      ],
      LATER,
    );
    expect(answer.outcome).toBe('INSUFFICIENT_STOCK');
    expect([...answer.short].sort((a, b) => (a.variantId < b.variantId ? -1 : 1))).toEqual([
      { variantId: few, requested: 2, available: 1 },
      { variantId: 'var_zzz', requested: 1, available: 0 },
    ]);
    expect(await level(many)).toEqual({ onHand: 10, reserved: 0, available: 10 });
    expect(await level(few)).toEqual({ onHand: 1, reserved: 0, available: 1 });
  });

  test('repeating an order reserves once, also at the same time; other lines for it are refused', async () => {
    const [id = '', other = ''] = await variants(10, 10);
    const orderId = order();
    const lines = [{ variantId: id, quantity: 4 }];
    const answers = await Promise.all(Array.from({ length: 20 }, () => stock.reserve(orderId, lines, LATER)));
    expect(new Set(answers.map(({ outcome }) => outcome))).toEqual(new Set(['RESERVED']));
    expect(await level(id)).toEqual({ onHand: 10, reserved: 4, available: 6 });
    expect((await stock.reserve(orderId, [{ variantId: other, quantity: 4 }], LATER)).outcome).toBe(
      'RESERVATION_MISMATCH',
    );
    expect(await level(other)).toEqual({ onHand: 10, reserved: 0, available: 10 });
  });

  test('a reservation that comes after its release, or after none, reserves nothing', async () => {
    const [id = ''] = await variants(2);
    const [held, never] = [order(), order()];
    await stock.reserve(held, [{ variantId: id, quantity: 2 }], LATER);
    for (const orderId of [held, never]) {
      await stock.release(orderId);
      expect((await stock.reserve(orderId, [{ variantId: id, quantity: 1 }], LATER)).outcome).toBe('RELEASED');
      expect(await level(id)).toEqual({ onHand: 2, reserved: 0, available: 2 });
    }
    await expectBooksToBalance();
  });

  test('it is one round trip', async () => {
    const ids = await variants(9, 9, 9);
    let statements = 0;
    const counting = postgresStockStore({
      ...database,
      query: (statement, params) => {
        statements += 1;
        return database.query(statement, params);
      },
    });
    const orderId = order();
    await counting.reserve(
      orderId,
      ids.map((variantId) => ({ variantId, quantity: 1 })),
      LATER,
    );
    await counting.commit([orderId], 'test');
    expect(statements).toBe(2);
  });
});

describe('settling', () => {
  test('commit and release are idempotent, and a sale is not undone by a release', async () => {
    const [id = ''] = await variants(5);
    const orderId = order();
    await stock.reserve(orderId, [{ variantId: id, quantity: 2 }], LATER);
    const commits = await Promise.all(Array.from({ length: 5 }, () => stock.commit([orderId], 'test')));
    expect(new Set(commits.map(({ outcome }) => outcome))).toEqual(new Set(['COMMITTED']));
    expect((await stock.release(orderId)).outcome).toBe('COMMITTED');
    expect((await stock.reserve(orderId, [{ variantId: id, quantity: 2 }], LATER)).outcome).toBe('COMMITTED');
    expect(await level(id)).toEqual({ onHand: 3, reserved: 0, available: 3 });
    const sales = (await stock.movements(id, 10, null)).filter(({ type }) => type === 'SALE');
    expect(sales.map(({ quantity, orderId: of }) => [quantity, of])).toEqual([[-2, orderId]]);
  });

  test('release before commit: the sale takes the stock if it is still there, else changes nothing and says so', async () => {
    const [id = ''] = await variants(3);
    const [first, second, third] = [order(), order(), order()];
    await stock.reserve(first, [{ variantId: id, quantity: 2 }], LATER);
    await stock.release(first);
    expect((await stock.commit([first], 'test')).outcome).toBe('COMMITTED');
    expect(await level(id)).toEqual({ onHand: 1, reserved: 0, available: 1 });

    await stock.reserve(second, [{ variantId: id, quantity: 1 }], LATER);
    await stock.release(second);
    await stock.reserve(third, [{ variantId: id, quantity: 1 }], LATER);
    expect(await stock.commit([second], 'test')).toEqual({
      outcome: 'INSUFFICIENT_STOCK',
      short: [{ variantId: id, requested: 1, available: 0 }],
    });
    expect(await level(id)).toEqual({ onHand: 1, reserved: 1, available: 0 });
    await expectBooksToBalance();
  });

  test('an order that holds nothing has nothing to release or to sell', async () => {
    expect((await stock.release(order())).outcome).toBe('RELEASED');
    expect((await stock.commit([order()], 'test')).outcome).toBe('RELEASED');
  });

  test('an event is applied once; an old release does not take away what was reserved after it', async () => {
    const [id = ''] = await variants(5);
    const orderId = order();
    await stock.reserve(orderId, [{ variantId: id, quantity: 2 }], LATER);
    const old = eventAt(new Date(Date.now() - 60_000));
    expect((await stock.releaseOnce(old, [orderId]))?.outcome).toBe('RESERVED');
    expect(await level(id)).toEqual({ onHand: 5, reserved: 2, available: 3 });

    const event = eventAt(new Date(Date.now() + 1_000));
    expect((await stock.releaseOnce(event, [orderId]))?.outcome).toBe('RELEASED');
    await stock.reserve(orderId, [{ variantId: id, quantity: 2 }], LATER);
    expect(await stock.releaseOnce(event, [orderId])).toBeUndefined();
    expect(await level(id)).toEqual({ onHand: 5, reserved: 2, available: 3 });

    const confirmed = eventAt(new Date());
    const answers = await Promise.all(Array.from({ length: 4 }, () => stock.commitOnce(confirmed, [orderId])));
    expect(answers.filter((answer) => answer?.outcome === 'COMMITTED')).toHaveLength(1);
    expect(await level(id)).toEqual({ onHand: 3, reserved: 0, available: 3 });
  });

  test('a cancelled order gives back what it holds, paid or not, and stays cancelled whatever comes later', async () => {
    const [id = ''] = await variants(5);
    const [reserved, sold] = [order(), order()];
    for (const orderId of [reserved, sold]) await stock.reserve(orderId, [{ variantId: id, quantity: 2 }], LATER);
    await stock.commit([sold], 'test');
    expect(await level(id)).toEqual({ onHand: 3, reserved: 2, available: 1 });
    for (const orderId of [reserved, sold]) {
      const event = eventAt(new Date());
      const answers = await Promise.all([stock.cancelOnce(event, [orderId]), stock.cancelOnce(event, [orderId])]);
      expect(answers.filter((answer) => answer?.outcome === 'RELEASED')).toHaveLength(1);
      expect((await stock.cancelOnce(eventAt(new Date()), [orderId]))?.outcome).toBe('RELEASED');
      expect((await stock.commitOnce(eventAt(new Date()), [orderId]))?.outcome).toBe('RELEASED');
      expect((await stock.release(orderId)).outcome).toBe('RELEASED');
      expect((await stock.reserve(orderId, [{ variantId: id, quantity: 2 }], LATER)).outcome).toBe('RELEASED');
    }
    expect(await level(id)).toEqual({ onHand: 5, reserved: 0, available: 5 });
    const moved = (await stock.movements(id, 20, null)).map(({ type, quantity, orderId }) => [type, quantity, orderId]);
    expect(moved.filter(([, , of]) => of === sold)).toEqual([
      ['RETURN', 2, sold],
      ['SALE', -2, sold],
      ['RESERVATION', -2, sold],
    ]);
    expect(moved.filter(([, , of]) => of === reserved)).toEqual([
      ['RELEASE', 2, reserved],
      ['RESERVATION', -2, reserved],
    ]);
    await expectBooksToBalance();
  });

  test('only reservations past the given moment are overdue', async () => {
    const [id = ''] = await variants(5);
    const [old, fresh] = [order(), order()];
    await stock.reserve(old, [{ variantId: id, quantity: 1 }], new Date(Date.now() - 100_000));
    await stock.reserve(fresh, [{ variantId: id, quantity: 1 }], LATER);
    expect(await stock.overdueOrders(new Date(Date.now() - 50_000), 10)).toEqual([old]);
    await stock.release(old);
    expect(await stock.overdueOrders(new Date(Date.now() - 50_000), 10)).toEqual([]);
  });
});

describe('adjusting', () => {
  const adjust = (variantId: string, delta: number, idempotencyKey: string) =>
    stock.adjust({
      variantId,
      delta,
      target: null,
      expectedOnHand: null,
      reason: 'RECEIVED',
      idempotencyKey,
      actor: 'usr_staff',
    });
  const set = (variantId: string, target: number, expectedOnHand: number | null = null) =>
    stock.adjust({
      variantId,
      delta: null,
      target,
      expectedOnHand,
      reason: 'CYCLE_COUNT',
      idempotencyKey: null,
      actor: 'usr_staff',
    });

  test('a key is applied once, also at the same time, and for one adjustment only', async () => {
    const [id = '', other = ''] = await variants(5, 5);
    const key = newId('req');
    const answers = await Promise.all(Array.from({ length: 10 }, () => adjust(id, 3, key)));
    expect(new Set(answers.map(({ outcome, onHand }) => `${outcome} ${onHand}`))).toEqual(new Set(['APPLIED 8']));
    expect((await adjust(id, 4, key)).outcome).toBe('KEY_REUSED');
    expect((await adjust(other, 3, key)).outcome).toBe('KEY_REUSED');
    expect(await level(id)).toEqual({ onHand: 8, reserved: 0, available: 8 });
    expect(await level(other)).toEqual({ onHand: 5, reserved: 0, available: 5 });
  });

  test('stock never goes below what is reserved, nor beyond the limit', async () => {
    const [id = ''] = await variants(5);
    await stock.reserve(order(), [{ variantId: id, quantity: 3 }], LATER);
    expect(await adjust(id, -3, newId('req'))).toEqual({ outcome: 'NEGATIVE_STOCK', onHand: 5, reserved: 3 });
    expect((await set(id, 2)).outcome).toBe('NEGATIVE_STOCK');
    expect((await adjust(id, 1_000_000_000, newId('req'))).outcome).toBe('TOO_LARGE');
    expect((await adjust('var_none', 1, newId('req'))).outcome).toBe('NOT_FOUND');
    expect(await level(id)).toEqual({ onHand: 5, reserved: 3, available: 2 });
  });

  test('a count sets the stock and books the difference; one based on an old count is refused', async () => {
    const [id = ''] = await variants(5);
    expect((await set(id, 9, 5)).outcome).toBe('APPLIED');
    expect((await set(id, 9)).outcome).toBe('APPLIED');
    expect((await set(id, 7, 5)).outcome).toBe('CONFLICT');
    const [newest, first, ...rest] = await stock.movements(id, 10, null);
    expect([newest?.type, newest?.quantity, newest?.reason]).toEqual(['ADJUSTMENT', 4, 'CYCLE_COUNT']);
    expect([first?.type, first?.quantity, first?.reason]).toEqual(['ADJUSTMENT', 5, 'RECEIVED']);
    expect(rest).toEqual([]);
    expect(await stock.movements(id, 10, newest?.id ?? '')).toEqual([first]);
  });
});

describe('edits of orders', () => {
  const edited = () => ({ ...eventAt(new Date()), type: 'order.edited' });
  const edit = (stockIds: string[], removed: { variantId: string; quantity: number }[], sold: string[] = []) => ({
    key: newId('oed'),
    stockIds,
    sold,
    removed,
  });

  test.each([
    ['before the sale', ['edit', 'commit'], { onHand: 7, reserved: 0 }],
    ['after the sale', ['commit', 'edit'], { onHand: 7, reserved: 0 }],
    ['before the release', ['edit', 'release'], { onHand: 10, reserved: 0 }],
    ['after the release', ['release', 'edit'], { onHand: 10, reserved: 0 }],
    ['before a release that a late payment undoes', ['edit', 'release', 'commit'], { onHand: 7, reserved: 0 }],
    ['after a release, before a late payment', ['release', 'edit', 'commit'], { onHand: 7, reserved: 0 }],
    ['before the cancellation', ['commit', 'edit', 'cancel'], { onHand: 10, reserved: 0 }],
    ['after the cancellation', ['commit', 'cancel', 'edit'], { onHand: 10, reserved: 0 }],
  ])('what an edit takes off is not sold, %s', async (_, steps, expected) => {
    const [id = ''] = await variants(10);
    const orderId = order();
    await stock.reserve(orderId, [{ variantId: id, quantity: 5 }], LATER);
    const took = edit([orderId], [{ variantId: id, quantity: 2 }]);
    for (const step of steps) {
      if (step === 'edit') expect(await stock.editOnce(edited(), took)).toEqual({ sold: null, missing: [] });
      if (step === 'commit') await stock.commitOnce(eventAt(new Date()), [orderId]);
      if (step === 'release') await stock.releaseOnce(eventAt(afterNow()), [orderId]);
      if (step === 'cancel') await stock.cancelOnce(eventAt(new Date()), [orderId]);
    }
    expect(await level(id)).toMatchObject(expected);
    await expectBooksToBalance();
  });

  test('an edit takes its units off once, however often its event comes and under whatever event', async () => {
    const [id = ''] = await variants(10);
    const orderId = order();
    await stock.reserve(orderId, [{ variantId: id, quantity: 5 }], LATER);
    const took = edit([orderId], [{ variantId: id, quantity: 2 }]);
    const event = edited();
    const answers = await Promise.all([event, event, event, edited()].map((each) => stock.editOnce(each, took)));
    expect(answers.filter((answer) => answer === undefined)).toHaveLength(2);
    expect(await level(id)).toEqual({ onHand: 10, reserved: 3, available: 7 });
  });

  test('an order holds stock under several ids: all of it is sold, given back and ended together', async () => {
    const [id = '', other = ''] = await variants(10, 10);
    const hold = async () => {
      const ids = [order(), newId('oed')];
      await stock.reserve(ids[0] ?? '', [{ variantId: id, quantity: 2 }], LATER);
      await stock.reserve(ids[1] ?? '', [{ variantId: other, quantity: 3 }], LATER);
      return ids;
    };
    const sold = await hold();
    expect((await stock.commitOnce(eventAt(new Date()), sold))?.outcome).toBe('COMMITTED');
    expect([await level(id), await level(other)]).toMatchObject([
      { onHand: 8, reserved: 0 },
      { onHand: 7, reserved: 0 },
    ]);
    const released = await hold();
    expect((await stock.releaseOnce(eventAt(afterNow()), released))?.outcome).toBe('RELEASED');
    await stock.cancelOnce(eventAt(new Date()), sold);
    expect([await level(id), await level(other)]).toMatchObject([
      { onHand: 10, reserved: 0 },
      { onHand: 10, reserved: 0 },
    ]);
    await expectBooksToBalance();
  });

  test('a late payment gets the stock of all ids or of none', async () => {
    const [id = '', other = ''] = await variants(5, 5);
    const ids = [order(), newId('oed')];
    await stock.reserve(ids[0] ?? '', [{ variantId: id, quantity: 5 }], LATER);
    await stock.reserve(ids[1] ?? '', [{ variantId: other, quantity: 5 }], LATER);
    await stock.releaseOnce(eventAt(afterNow()), ids);
    await stock.reserve(order(), [{ variantId: other, quantity: 1 }], LATER);
    expect((await stock.commit(ids, 'test')).outcome).toBe('INSUFFICIENT_STOCK');
    expect([await level(id), await level(other)]).toMatchObject([
      { onHand: 5, reserved: 0 },
      { onHand: 5, reserved: 1 },
    ]);
    await expectBooksToBalance();
  });

  test('an id from which an edit took everything holds nothing, can hold nothing again, and stops no sale', async () => {
    const [id = '', other = ''] = await variants(5, 5);
    const ids = [order(), newId('oed')];
    await stock.reserve(ids[0] ?? '', [{ variantId: id, quantity: 1 }], LATER);
    await stock.reserve(ids[1] ?? '', [{ variantId: other, quantity: 2 }], LATER);
    await stock.editOnce(edited(), edit(ids, [{ variantId: other, quantity: 2 }]));
    expect((await stock.reserve(ids[1] ?? '', [{ variantId: other, quantity: 2 }], LATER)).outcome).toBe('RELEASED');
    expect((await stock.commit(ids, 'test')).outcome).toBe('COMMITTED');
    expect([await level(id), await level(other)]).toMatchObject([
      { onHand: 4, reserved: 0 },
      { onHand: 5, reserved: 0 },
    ]);
  });

  test('a paid edit sells what it added and takes back what it removed, in one step; what nobody holds is named', async () => {
    const [id = '', added = ''] = await variants(10, 10);
    const [orderId, editId] = [order(), newId('oed')];
    await stock.reserve(orderId, [{ variantId: id, quantity: 4 }], LATER);
    await stock.commit([orderId], 'test');
    await stock.reserve(editId, [{ variantId: added, quantity: 3 }], LATER);
    const change = edit(
      [orderId, editId],
      [
        { variantId: id, quantity: 1 },
        { variantId: 'var_unknown', quantity: 2 },
      ],
      [editId],
    );
    expect(await stock.editOnce(edited(), change)).toEqual({
      sold: { outcome: 'COMMITTED', short: [] },
      missing: [{ variantId: 'var_unknown', quantity: 2 }],
    });
    expect([await level(id), await level(added)]).toMatchObject([
      { onHand: 7, reserved: 0 },
      { onHand: 7, reserved: 0 },
    ]);
    await expectBooksToBalance();
  });

  test('what an edited order holds is held longer as a whole, or not at all', async () => {
    const [id = '', other = ''] = await variants(5, 5);
    const ids = [order(), newId('oed')];
    await stock.reserve(ids[0] ?? '', [{ variantId: id, quantity: 3 }], LATER);
    await stock.reserve(ids[1] ?? '', [{ variantId: other, quantity: 2 }], LATER);
    await stock.editOnce(edited(), edit(ids, [{ variantId: id, quantity: 1 }]));
    const before = new Date();
    const far = new Date(LATER.getTime() + 86_400_000);
    expect((await stock.extend(ids, far)).outcome).toBe('RESERVED');
    expect(await stock.overdueOrders(new Date(LATER.getTime() + 1), 100)).not.toContain(ids[0]);
    expect((await stock.releaseOnce(eventAt(new Date(before.getTime() - 1)), ids))?.outcome).toBe('RESERVED');
    await stock.release(ids[1] ?? '');
    expect((await stock.extend(ids, far)).outcome).toBe('RELEASED');
    expect([await level(id), await level(other)]).toMatchObject([{ reserved: 2 }, { reserved: 0 }]);
    expect((await stock.extend([order()], far)).outcome).toBe('RELEASED');
    await stock.commit([ids[0] ?? ''], 'test');
    expect((await stock.extend([ids[0] ?? ''], far)).outcome).toBe('COMMITTED');
  });

  test('edits, sales and cancellations of orders that share variants and ids do not dead-lock', async () => {
    const ids = await variants(1_000, 1_000, 1_000);
    const orders = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const held = [order(), newId('oed')];
        const [a = '', b = '', c = ''] = index % 2 ? ids : [...ids].reverse();
        await stock.reserve(
          held[0] ?? '',
          [
            { variantId: a, quantity: 2 },
            { variantId: b, quantity: 2 },
          ],
          LATER,
        );
        await stock.reserve(held[1] ?? '', [{ variantId: c, quantity: 2 }], LATER);
        return index % 2 ? held : held.reverse();
      }),
    );
    const removed = ids.map((variantId) => ({ variantId, quantity: 1 }));
    await Promise.all(
      orders.flatMap((held) => [
        stock.commitOnce(eventAt(new Date()), held),
        stock.editOnce(edited(), edit(held, removed)),
      ]),
    );
    for (const id of ids) expect(await level(id)).toEqual({ onHand: 960, reserved: 0, available: 960 });
    await expectBooksToBalance();
  });
});

test('after any schedule of reservations, sales, releases, edits and adjustments the books balance', async () => {
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('reserve' as const),
      order: fc.nat(5),
      lines: fc.array(fc.record({ variant: fc.nat(2), quantity: fc.integer({ min: 1, max: 6 }) }), {
        minLength: 1,
        maxLength: 4,
      }),
    }),
    fc.record({ kind: fc.constantFrom('commit' as const, 'release' as const, 'cancel' as const), order: fc.nat(5) }),
    fc.record({
      kind: fc.constant('edit' as const),
      order: fc.nat(5),
      variant: fc.nat(2),
      quantity: fc.integer({ min: 1, max: 4 }),
      sells: fc.boolean(),
    }),
    fc.record({ kind: fc.constant('adjust' as const), variant: fc.nat(2), delta: fc.integer({ min: -8, max: 8 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.boolean(), async (steps, atOnce) => {
      const ids = await variants(10, 5, 0);
      const orders = Array.from({ length: 6 }, order);
      const run = async (each: (typeof steps)[number]): Promise<void> => {
        if (each.kind === 'reserve') {
          const lines = each.lines.map(({ variant, quantity }) => ({ variantId: ids[variant] ?? '', quantity }));
          await stock.reserve(orders[each.order] ?? '', lines, LATER);
        } else if (each.kind === 'adjust') {
          await stock.adjust({
            variantId: ids[each.variant] ?? '',
            delta: each.delta,
            target: null,
            expectedOnHand: null,
            reason: 'CORRECTION',
            idempotencyKey: newId('req'),
            actor: 'test',
          });
        } else if (each.kind === 'commit') await stock.commit([orders[each.order] ?? ''], 'test');
        else if (each.kind === 'cancel') await stock.cancelOnce(eventAt(new Date()), [orders[each.order] ?? '']);
        else if (each.kind === 'edit') {
          const stockIds = [orders[each.order] ?? '', orders[(each.order + 1) % 6] ?? ''];
          const removed = [{ variantId: ids[each.variant] ?? '', quantity: each.quantity }];
          const sold = each.sells ? stockIds : [];
          await stock.editOnce(eventAt(new Date()), { key: newId('oed'), stockIds, sold, removed });
        } else await stock.release(orders[each.order] ?? '');
      };
      if (atOnce) await Promise.all(steps.map(run));
      else for (const each of steps) await run(each);
      await expectBooksToBalance();
    }),
    { numRuns: 40 },
  );
});
