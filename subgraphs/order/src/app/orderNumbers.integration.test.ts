import { sql } from '@souk/postgres';
import { newContext, newId, runInContext } from '@souk/runtime';
import { GUEST, type OrderHarness, orderHarness } from '../testing/harness.js';

const numbers = sql<{ number: string }>('test.numbers', `SELECT number FROM orders ORDER BY length(number), number`);
const counters = sql<{ last: number }>('test.counter', `SELECT last FROM order_number_counter`);
const killOthers = sql(
  'test.killOthers',
  `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
);

describe('sequential numbers', () => {
  let h: OrderHarness;
  beforeAll(async () => {
    h = await orderHarness({ numbering: { prefix: 'S-', first: 10_001 } });
  });
  afterAll(() => h.close());

  test('50 placements at once, some refused and some killed in the middle, leave no gap and no duplicate', async () => {
    const commands = Array.from({ length: 50 }, (_, index) => {
      const expectedTotal = { centAmount: index % 5 === 0 ? 1 : 4_550, currencyCode: 'EUR' };
      return h.command({ expectedTotal });
    });
    const running = Promise.allSettled(commands.map((command) => h.app.placeOrder(GUEST, command)));
    let over = false;
    const killing = (async () => {
      while (!over) {
        // Every connection dies, whatever it is doing; what was not committed is rolled back with its number.
        await h.database.query(killOthers).catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    })();
    await Promise.race([running, new Promise((resolve) => setTimeout(resolve, 1_500))]);
    over = true;
    await killing;
    await running;
    for (let round = 0; round < 200; round += 1) {
      await h.endLeases();
      if ((await h.app.resumePlacements()) === 0) break;
    }
    const again = await Promise.all(commands.map((command) => h.app.placeOrder(GUEST, command)));
    expect(again.filter((answer) => answer.ok)).toHaveLength(40);
    const given = (await h.database.query(numbers)).map(({ number }) => number);
    expect(given).toEqual(Array.from({ length: 40 }, (_, index) => `S-${10_001 + index}`));
    expect(await h.database.query(counters)).toEqual([{ last: 10_040 }]);
  }, 60_000);

  test('the event and the answer say the number that was given', async () => {
    const placed = await h.app.placeOrder(GUEST, h.command());
    if (!placed.ok) throw new Error('not placed');
    expect(placed.order.number).toBe('S-10041');
    const [event] = await h.database.query(
      sql<{ number: string }>(
        'test.eventNumber',
        `SELECT data->>'number' AS number FROM outbox_event WHERE aggregate_id = $1`,
      ),
      [placed.order.id],
    );
    expect(event?.number).toBe('S-10041');
  });
});

test('random numbers cost nothing more: placing is two statements, and no counter is touched', async () => {
  const h = await orderHarness();
  try {
    const context = newContext('request');
    const placed = await runInContext(context, () =>
      h.app.placeOrder(GUEST, h.command({ idempotencyKey: newId('req') })),
    );
    expect(placed.ok && placed.order.number).toMatch(/^\d{6}-[0-9A-Z]{8}$/);
    expect(context.statements).toBe(2);
    expect(await h.database.query(counters)).toEqual([]);
  } finally {
    await h.close();
  }
});
