import { newId } from '@souk/runtime';
import { GUEST, type OrderHarness, orderHarness, user } from '../testing/harness.js';
import { afterDelivery, deliveredOrder, type PaidOrder, paidOrder, STAFF } from '../testing/paidOrders.js';

let h: OrderHarness;
beforeAll(async () => {
  h = await orderHarness();
});
afterAll(() => h.close());
afterEach(() => {
  h.time.offsetMs = 0;
  h.exchange.units.clear();
  h.exchange.held.clear();
  h.articles.prices.clear();
});

const DAY = 86_400_000;

const NO_RETURN = { lines: [], reason: 'SIZE', note: null, idempotencyKey: 'never-used-here' } as const;

describe('asking to return', () => {
  test('is published once per key, and numbered within the order', async () => {
    const order = await deliveredOrder(h);
    const idempotencyKey = newId('req');
    const answers = await Promise.all([1, 2, 3].map(() => order.ask([[order.lamp, 1]], { idempotencyKey })));
    expect(new Set(answers.map(({ returnId }) => returnId)).size).toBe(1);
    const second = await order.ask([[order.bulb, 1]]);
    const read = await order.read();
    expect(read.returns.map(({ number, status }) => [number, status])).toEqual([
      [`${read.number}-R1`, 'REQUESTED'],
      [`${read.number}-R2`, 'REQUESTED'],
    ]);
    expect(read.returns[1]?.id).toBe(second.returnId);
    expect(await afterDelivery(order)).toEqual(['return.requested', 'return.requested']);
    expect((await order.ask([[order.lamp, 2]], { idempotencyKey })).result).toMatchObject({
      errors: [{ code: 'IDEMPOTENCY_KEY_REUSED' }],
    });
  });

  test.each([
    ['more than was shipped', (o: PaidOrder) => o.ask([[o.lamp, 4]]), 'QUANTITY_EXCEEDS_ORDERED'],
    ['nothing', (o: PaidOrder) => o.ask([]), 'INVALID'],
    ["another order's line", (o: PaidOrder) => o.ask([['oln_other', 1]]), 'NOT_FOUND'],
    ['with a short key', (o: PaidOrder) => o.ask([[o.lamp, 1]], { idempotencyKey: 'short' }), 'INVALID'],
    ['an article that does not exist in exchange', (o: PaidOrder) => o.ask([[o.lamp, 1, 'var_none']]), 'NOT_FOUND'],
  ])('%s is refused, changes and publishes nothing', async (_, ask, code) => {
    const order = await deliveredOrder(h);
    const before = await order.read();
    expect((await ask(order)).result).toMatchObject({ ok: false, errors: [{ code }] });
    expect(await order.read()).toEqual(before);
    expect(await afterDelivery(order)).toEqual([]);
  });

  test('for units that are on their way back already, or have come back, is refused', async () => {
    const order = await deliveredOrder(h);
    const returnId = await order.approved([[order.lamp, 2]]);
    const twice = await order.ask([[order.lamp, 2]]);
    expect(twice.result).toMatchObject({ errors: [{ code: 'QUANTITY_EXCEEDS_ORDERED' }] });
    await order.receive(returnId, [[order.lamp, 1]]);
    expect((await order.ask([[order.lamp, 3]])).result).toMatchObject({
      errors: [{ code: 'QUANTITY_EXCEEDS_ORDERED' }],
    });
    expect((await order.ask([[order.lamp, 2]])).result.ok).toBe(true);
  });

  test('is possible until, not at, the end of the return window; and of what was shipped before all of it is delivered', async () => {
    const order = await paidOrder(h);
    await order.ship([[order.lamp, 1]]);
    h.time.offsetMs = 100 * DAY;
    expect((await order.ask([[order.bulb, 1]])).result).toMatchObject({
      errors: [{ code: 'QUANTITY_EXCEEDS_ORDERED' }],
    });
    expect((await order.ask([[order.lamp, 1]])).result.ok).toBe(true);
    h.time.offsetMs = 0;
    const whole = await deliveredOrder(h);
    h.time.offsetMs = 30 * DAY - 60_000;
    expect((await whole.ask([[whole.lamp, 1]])).result.ok).toBe(true);
    h.time.offsetMs = 30 * DAY + 60_000;
    expect((await whole.ask([[whole.lamp, 1]])).result).toMatchObject({ errors: [{ code: 'RETURN_WINDOW_CLOSED' }] });
  });

  test('of an order of which nothing was shipped is refused', async () => {
    const order = await paidOrder(h);
    expect((await order.ask([[order.lamp, 1]])).result).toMatchObject({ errors: [{ code: 'ILLEGAL_TRANSITION' }] });
  });

  test.each([
    ['a guest', GUEST, false],
    ['another user', user('usr_2'), false],
    ['staff who may only read', user('usr_3', ['orders:read']), false],
    ['the owner', user('usr_1'), true],
    ['staff', STAFF, true],
  ])("%s may or may not ask for, and call off, a return of a user's order", async (_, viewer, may) => {
    const order = await deliveredOrder(h, user('usr_1'));
    const asked = await order.ask([[order.lamp, 1]], { viewer });
    if (may) expect(asked.result.ok).toBe(true);
    else {
      // The same words and place as for an order that does not exist: ids cannot be tried out.
      const none = await h.app.requestReturn(viewer, { ...NO_RETURN, orderId: 'ord_none' });
      expect(asked.result).toMatchObject({ errors: [{ code: 'NOT_FOUND' }] });
      expect(asked.result).toEqual(none.result);
    }
    const { returnId } = may ? asked : await order.ask([[order.lamp, 1]]);
    const cancelled = await h.app.cancelReturn(viewer, String(returnId));
    if (may) expect(cancelled).toMatchObject({ ok: true, order: { returns: [{ status: 'CANCELLED' }] } });
    else expect(cancelled).toMatchObject({ errors: [{ code: 'NOT_FOUND' }] });
    expect(await afterDelivery(order)).toEqual(['return.requested']);
  });
});
