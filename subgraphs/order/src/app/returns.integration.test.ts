import { sql } from '@souk/postgres';
import { newId } from '@souk/runtime';
import { GUEST, type OrderHarness, orderHarness, user } from '../testing/harness.js';
import { paidOrder, refundedFor, STAFF } from '../testing/paidOrders.js';

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
const lastData = sql<{ data: Record<string, unknown> }>(
  'test.lastData',
  'SELECT data FROM outbox_event WHERE aggregate_id = $1 AND type = $2 ORDER BY sequence DESC, id DESC LIMIT 1',
);
const told = async (id: string, type: string) => (await h.database.query(lastData, [id, type]))[0]?.data;
/** Events of one change have no order among themselves: those are sorted by name. */
const afterDelivery = async (order: Order) => {
  const [requested, approved, ...received] = (await order.events()).slice(4);
  return [requested, approved, ...received.sort()].filter((type) => type !== undefined);
};
async function deliveredOrder(owner = GUEST) {
  const order = await paidOrder(h, owner);
  await order.delivered();
  return order;
}
type Order = Awaited<ReturnType<typeof paidOrder>>;

describe('asking to return', () => {
  test('is published once per key, and numbered within the order', async () => {
    const order = await deliveredOrder();
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
    ['more than was shipped', (o: Order) => o.ask([[o.lamp, 4]]), 'QUANTITY_EXCEEDS_ORDERED'],
    ['nothing', (o: Order) => o.ask([]), 'INVALID'],
    ["another order's line", (o: Order) => o.ask([['oln_other', 1]]), 'NOT_FOUND'],
    ['with a short key', (o: Order) => o.ask([[o.lamp, 1]], { idempotencyKey: 'short' }), 'INVALID'],
    ['an article that does not exist in exchange', (o: Order) => o.ask([[o.lamp, 1, 'var_none']]), 'NOT_FOUND'],
  ])('%s is refused, changes and publishes nothing', async (_, ask, code) => {
    const order = await deliveredOrder();
    const before = await order.read();
    expect((await ask(order)).result).toMatchObject({ ok: false, errors: [{ code }] });
    expect(await order.read()).toEqual(before);
    expect(await afterDelivery(order)).toEqual([]);
  });

  test('for units that are on their way back already, or have come back, is refused', async () => {
    const order = await deliveredOrder();
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
    const whole = await deliveredOrder();
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
    const order = await deliveredOrder(user('usr_1'));
    const asked = await order.ask([[order.lamp, 1]], { viewer });
    if (may) expect(asked.result.ok).toBe(true);
    else expect(asked.result).toMatchObject({ errors: [{ code: 'NOT_FOUND' }] });
    const { returnId } = may ? asked : await order.ask([[order.lamp, 1]]);
    const cancelled = await h.app.cancelReturn(viewer, String(returnId));
    if (may) expect(cancelled).toMatchObject({ ok: true, order: { returns: [{ status: 'CANCELLED' }] } });
    else expect(cancelled).toMatchObject({ errors: [{ code: 'NOT_FOUND' }] });
    expect(await afterDelivery(order)).toEqual(['return.requested']);
  });
});

describe('a return', () => {
  test('is received once, restocked, refunded to the cent, and closed when the money is back', async () => {
    const order = await deliveredOrder();
    const returnId = await order.approved([
      [order.lamp, 2],
      [order.bulb, 1],
    ]);
    const lines: [string, number, number?][] = [
      [order.lamp, 1, 1],
      [order.bulb, 1],
    ];
    const answers = await Promise.all([1, 2, 3].map(() => order.receive(returnId, lines)));
    expect(answers.map((answer) => answer.ok)).toEqual([true, true, true]);
    const read = await order.read();
    expect(read.lines.map((line) => line.quantityReturned)).toEqual([1, 1]);
    expect(read.returns[0]).toMatchObject({
      status: 'RECEIVED',
      refundCents: 1_500,
      shippingRefundCents: 0,
      lines: expect.arrayContaining([
        expect.objectContaining({ lineId: order.lamp, accepted: 1, rejected: 1, refundCents: 1_000 }),
      ]),
    });
    expect(await afterDelivery(order)).toEqual([
      'return.requested',
      'return.approved',
      'order.refund_required',
      'return.received',
    ]);
    expect(await told(order.id, 'return.received')).toMatchObject({
      returnId,
      stockIds: [],
      restock: [
        { variantId: 'var_1', quantity: 1 },
        { variantId: 'var_2', quantity: 1 },
      ],
    });
    expect(await told(order.id, 'order.refund_required')).toEqual({
      orderId: order.id,
      paymentId: order.paymentId,
      centAmount: 1_500,
      currencyCode: 'EUR',
      reason: 'RETURN',
      returnId,
    });
    const refunded = refundedFor(order, returnId, 1_500);
    await Promise.all([1, 2, 3].map(() => h.app.closeReturn(refunded, returnId)));
    expect((await order.read()).returns[0]).toMatchObject({ status: 'CLOSED', refundedCents: 1_500 });
    expect((await order.timeline())?.slice(-2)).toEqual(['REFUNDED', 'RETURN_CLOSED']);
  });

  test('unit by unit gives back the same sum as all at once, and with the shipping all that was paid', async () => {
    const order = await deliveredOrder();
    const refunds: (number | undefined)[] = [];
    for (const [lineId, shipping] of [
      [order.lamp, false],
      [order.lamp, false],
      [order.lamp, false],
      [order.bulb, true],
    ] as const) {
      await order.receive(await order.approved([[lineId, 1]]), [[lineId, 1]], shipping);
      refunds.push((await order.read()).returns.at(-1)?.refundCents);
    }
    expect(refunds).toEqual([1_000, 999, 1_000, 500 + 490]);
    expect(await order.read()).toMatchObject({ fulfillmentStatus: 'RETURNED', totalCents: 3_989 });
    h.time.offsetMs = 1;
    await h.app.completeOrders();
    expect(await order.read()).toMatchObject({ status: 'CONFIRMED' });
    for (const { id, refundCents } of (await order.read()).returns) {
      await h.app.closeReturn(refundedFor(order, id, refundCents), id);
    }
    await h.app.completeOrders();
    expect(await order.read()).toMatchObject({ status: 'COMPLETED' });
  });

  test('of which nothing is accepted gives back nothing and is closed at once; its units may be asked back again', async () => {
    const order = await deliveredOrder();
    const returnId = await order.approved([[order.lamp, 1]]);
    await order.receive(returnId, [[order.lamp, 0, 1]]);
    expect((await order.read()).returns[0]).toMatchObject({ status: 'CLOSED', refundCents: 0 });
    expect((await afterDelivery(order)).slice(2)).toEqual(['return.received']);
    expect((await order.ask([[order.lamp, 3]])).result.ok).toBe(true);
  });

  test.each([
    ['more than was announced', (o: Order) => [[o.lamp, 1, 2]], 'QUANTITY_EXCEEDS_ORDERED'],
    ['less than nothing', (o: Order) => [[o.lamp, -1]], 'INVALID'],
    ['nothing at all', () => [], 'INVALID'],
    ['a line that was not announced', (o: Order) => [[o.bulb, 1]], 'NOT_FOUND'],
    [
      'a line twice',
      (o: Order) => [
        [o.lamp, 1],
        [o.lamp, 1],
      ],
      'INVALID',
    ],
  ] as [string, (o: Order) => [string, number, number?][], string][])(
    'is not received with %s',
    async (_, lines, code) => {
      const order = await deliveredOrder();
      const returnId = await order.approved([[order.lamp, 2]]);
      const before = await order.read();
      expect(await order.receive(returnId, lines(order))).toMatchObject({ errors: [{ code }] });
      expect(await order.read()).toEqual(before);
      expect((await afterDelivery(order)).slice(2)).toEqual([]);
    },
  );

  test('is received with something else a second time: refused', async () => {
    const order = await deliveredOrder();
    const returnId = await order.approved([[order.lamp, 2]]);
    await order.receive(returnId, [[order.lamp, 1]]);
    expect(await order.receive(returnId, [[order.lamp, 2]])).toMatchObject({
      errors: [{ code: 'ILLEGAL_TRANSITION' }],
    });
    expect((await order.read()).lines[0]).toMatchObject({ quantityReturned: 1 });
  });

  test('that was declined says why, once, and cannot be received', async () => {
    const order = await deliveredOrder();
    const { returnId } = await order.ask([[order.lamp, 1]]);
    expect(await h.app.declineReturn(String(returnId), '  ')).toMatchObject({ errors: [{ code: 'INVALID' }] });
    await Promise.all([1, 2].map(() => h.app.declineReturn(String(returnId), 'It was worn.')));
    expect((await order.read()).returns[0]).toMatchObject({ status: 'DECLINED', declineReason: 'It was worn.' });
    expect(await afterDelivery(order)).toEqual(['return.requested', 'return.declined']);
    expect(JSON.stringify(await told(order.id, 'return.declined'))).not.toContain('worn');
    expect(await order.receive(String(returnId), [[order.lamp, 1]])).toMatchObject({
      errors: [{ code: 'ILLEGAL_TRANSITION' }],
    });
    expect(await h.app.approveReturn(String(returnId))).toMatchObject({ errors: [{ code: 'ILLEGAL_TRANSITION' }] });
  });
});

describe('the money of a return', () => {
  const received = async () => {
    const order = await deliveredOrder();
    const returnId = await order.approved([[order.lamp, 2]]);
    await order.receive(returnId, [[order.lamp, 2]]);
    return { order, returnId };
  };

  test('that comes from two payments is counted whole; the return is closed once', async () => {
    const { order, returnId } = await received();
    await h.app.closeReturn(refundedFor(order, returnId, 1_500), returnId);
    await h.app.closeReturn(refundedFor(order, returnId, 499), returnId);
    expect((await order.read()).returns[0]).toMatchObject({
      status: 'CLOSED',
      refundCents: 1_999,
      refundedCents: 1_999,
    });
    expect((await order.timeline())?.filter((type) => type === 'RETURN_CLOSED')).toHaveLength(1);
    expect((await order.timeline())?.filter((type) => type === 'REFUNDED')).toHaveLength(2);
  });

  test('that staff gave back by hand closes the return, once and only when it was received', async () => {
    const { order, returnId } = await received();
    const { returnId: asked } = await order.ask([[order.bulb, 1]]);
    expect(await h.app.closeReturnByHand(String(asked))).toMatchObject({ errors: [{ code: 'ILLEGAL_TRANSITION' }] });
    await Promise.all([h.app.closeReturnByHand(returnId), h.app.closeReturnByHand(returnId)]);
    expect((await order.read()).returns[0]).toMatchObject({ status: 'CLOSED', refundedCents: 0 });
    expect((await order.timeline())?.filter((type) => type === 'RETURN_CLOSED')).toHaveLength(1);
  });

  test('for a return that the order does not have is shown in the timeline all the same', async () => {
    const { order } = await received();
    await h.app.closeReturn(refundedFor(order, 'rtn_other', 100), 'rtn_other');
    expect((await order.timeline())?.at(-1)).toBe('REFUNDED');
  });
});

describe('an exchange', () => {
  test('is held from approval on, sold at receipt, a line that costs nothing, and only the difference is refunded', async () => {
    h.articles.prices.set('var_9', 800);
    h.exchange.units.set('var_9', 2);
    const order = await deliveredOrder();
    const returnId = await order.approved([[order.lamp, 2, 'var_9']]);
    expect(h.exchange.held.get(returnId)).toEqual([{ variantId: 'var_9', quantity: 2 }]);
    await order.receive(returnId, [[order.lamp, 1, 1]]);
    expect(h.exchange.held.get(returnId)).toEqual([{ variantId: 'var_9', quantity: 1 }]);
    const read = await order.read();
    expect(read).toMatchObject({
      fulfillmentStatus: 'PARTIALLY_FULFILLED',
      deliveredAt: null,
      subtotalCents: 4_300,
      discountCents: 801,
      totalCents: 3_989,
      extraStockIds: [returnId],
    });
    expect(read.lines[2]).toMatchObject({
      variantId: 'var_9',
      quantity: 1,
      unitPriceCents: 800,
      discountCents: 800,
      totalCents: 0,
      coveredCents: 800,
      exchangeOf: returnId,
    });
    expect(read.returns[0]).toMatchObject({ refundCents: 200, stockHeldUntil: null });
    expect(await told(order.id, 'return.received')).toMatchObject({
      stockIds: [returnId],
      restock: [{ variantId: 'var_1', quantity: 1 }],
    });
    const exchanged = String(read.lines[2]?.id);
    const { fulfillmentId } = await order.ship([[exchanged, 1]]);
    await h.app.deliverParcel(String(fulfillmentId), 'staff');
    expect(await order.read()).toMatchObject({ fulfillmentStatus: 'DELIVERED' });
    // What a return paid is what it is worth when it comes back itself.
    await order.receive(await order.approved([[exchanged, 1]]), [[exchanged, 1]]);
    expect((await order.read()).returns[1]).toMatchObject({ refundCents: 800 });
  });

  test('for something dearer is refused and says what to do, for the same price is not', async () => {
    h.articles.prices.set('var_8', 1_000).set('var_9', 999);
    const order = await deliveredOrder();
    const dearer = await order.ask([[order.lamp, 1, 'var_8']]);
    expect(dearer.result).toMatchObject({
      errors: [{ code: 'EXCHANGE_NOT_COVERED', field: ['input', 'lines', '0', 'exchangeVariantId'] }],
    });
    expect(await afterDelivery(order)).toEqual([]);
    expect((await order.ask([[order.lamp, 1, 'var_9']])).result.ok).toBe(true);
  });

  test('that covers all of it refunds nothing and closes the return at once', async () => {
    h.articles.prices.set('var_9', 500);
    h.exchange.units.set('var_9', 1);
    const order = await deliveredOrder();
    const returnId = await order.approved([[order.bulb, 1, 'var_9']]);
    await order.receive(returnId, [[order.bulb, 1]]);
    expect((await order.read()).returns[0]).toMatchObject({ status: 'CLOSED', refundCents: 0 });
    expect((await afterDelivery(order)).slice(2)).toEqual(['return.received']);
  });

  test('of which the article is gone at approval, or at receipt, becomes a refund and says so', async () => {
    h.articles.prices.set('var_9', 500);
    const order = await deliveredOrder();
    const soldOut = await order.approved([[order.bulb, 1, 'var_9']]);
    expect(await order.timeline()).toEqual(expect.arrayContaining(['EXCHANGE_UNAVAILABLE']));
    await order.receive(soldOut, [[order.bulb, 1]]);
    expect((await order.read()).returns[0]).toMatchObject({ status: 'RECEIVED', refundCents: 500 });

    h.exchange.units.set('var_9', 1);
    const later = await deliveredOrder();
    const returnId = await later.approved([[later.lamp, 1, 'var_9']]);
    h.exchange.units.set('var_9', 0);
    h.exchange.held.clear();
    await later.receive(returnId, [[later.lamp, 1]]);
    const read = await later.read();
    expect(read.lines).toHaveLength(2);
    expect(read.returns[0]).toMatchObject({ status: 'RECEIVED', refundCents: 1_000 });
  });

  test('that lapsed is freed by the sweeper and held anew when the goods arrive', async () => {
    h.articles.prices.set('var_9', 500);
    h.exchange.units.set('var_9', 1);
    const order = await deliveredOrder();
    const returnId = await order.approved([[order.lamp, 1, 'var_9']]);
    h.time.offsetMs = 14 * DAY - 60_000;
    await h.app.releaseHolds();
    expect(h.exchange.held.has(returnId)).toBe(true);
    h.time.offsetMs = 14 * DAY + 60_000;
    expect(await h.app.releaseHolds()).toBe(1);
    expect(h.exchange.held.has(returnId)).toBe(false);
    expect(await h.app.releaseHolds()).toBe(0);
    await order.receive(returnId, [[order.lamp, 1]]);
    expect((await order.read()).lines[2]).toMatchObject({ variantId: 'var_9', exchangeOf: returnId });
  });

  test('that is called off gives its stock back for good; when product is away, the sweeper does', async () => {
    h.articles.prices.set('var_9', 500);
    h.exchange.units.set('var_9', 2);
    const order = await deliveredOrder(user('usr_1'));
    const one = await order.approved([[order.lamp, 1, 'var_9']]);
    await h.app.cancelReturn(user('usr_1'), one);
    expect(h.exchange.closed.has(one)).toBe(true);
    const two = await order.approved([[order.lamp, 1, 'var_9']]);
    h.fail.exchange('release');
    expect(await h.app.cancelReturn(user('usr_1'), two)).toMatchObject({ ok: true });
    expect(h.exchange.closed.has(two)).toBe(false);
    await h.app.releaseHolds();
    expect(h.exchange.closed.has(two)).toBe(true);
    expect(await h.app.releaseHolds()).toBe(0);
  });

  test('while product is away is not approved and not received, and nothing is lost', async () => {
    h.articles.prices.set('var_9', 500);
    h.exchange.units.set('var_9', 1);
    const order = await deliveredOrder();
    h.fail.articles('find');
    const idempotencyKey = newId('req');
    const away = await order.ask([[order.lamp, 1, 'var_9']], { idempotencyKey });
    expect(away.result).toMatchObject({ errors: [{ code: 'DEPENDENCY_UNAVAILABLE' }] });
    const { returnId } = await order.ask([[order.lamp, 1, 'var_9']], { idempotencyKey });
    const id = String(returnId);
    h.fail.exchange('hold', { after: true });
    expect(await h.app.approveReturn(id)).toMatchObject({ errors: [{ code: 'DEPENDENCY_UNAVAILABLE' }] });
    expect((await order.read()).returns[0]).toMatchObject({ status: 'REQUESTED' });
    await h.app.approveReturn(id);
    h.fail.exchange('hold');
    expect(await order.receive(id, [[order.lamp, 1]])).toMatchObject({ errors: [{ code: 'DEPENDENCY_UNAVAILABLE' }] });
    await order.receive(id, [[order.lamp, 1]]);
    expect((await order.read()).returns[0]).toMatchObject({ status: 'RECEIVED', refundCents: 500 });
    expect(await afterDelivery(order)).toEqual([
      'return.requested',
      'return.approved',
      'order.refund_required',
      'return.received',
    ]);
  });
});
