import { newId } from '@souk/runtime';
import { GUEST, type OrderHarness, orderHarness, user } from '../testing/harness.js';
import { afterDelivery, deliveredOrder, leaveEditOpen, told } from '../testing/paidOrders.js';

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

describe('an exchange', () => {
  test('is held from approval on, sold at receipt, a line that costs nothing, and only the difference is refunded', async () => {
    h.articles.prices.set('var_9', 800);
    h.exchange.units.set('var_9', 2);
    const order = await deliveredOrder(h);
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
    expect(await told(h, order.id, 'return.received')).toMatchObject({
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
    const order = await deliveredOrder(h);
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
    const order = await deliveredOrder(h);
    const returnId = await order.approved([[order.bulb, 1, 'var_9']]);
    await order.receive(returnId, [[order.bulb, 1]]);
    expect((await order.read()).returns[0]).toMatchObject({ status: 'CLOSED', refundCents: 0 });
    expect((await afterDelivery(order)).slice(2)).toEqual(['return.received']);
  });

  test('of which the article is gone at approval, or at receipt, becomes a refund and says so', async () => {
    h.articles.prices.set('var_9', 500);
    const order = await deliveredOrder(h);
    const soldOut = await order.approved([[order.bulb, 1, 'var_9']]);
    expect(await order.timeline()).toEqual(expect.arrayContaining(['EXCHANGE_UNAVAILABLE']));
    await order.receive(soldOut, [[order.bulb, 1]]);
    expect((await order.read()).returns[0]).toMatchObject({ status: 'RECEIVED', refundCents: 500 });

    h.exchange.units.set('var_9', 1);
    const later = await deliveredOrder(h);
    const returnId = await later.approved([[later.lamp, 1, 'var_9']]);
    h.exchange.units.set('var_9', 0);
    h.exchange.held.clear();
    await later.receive(returnId, [[later.lamp, 1]]);
    const read = await later.read();
    expect(read.lines).toHaveLength(2);
    expect(read.returns[0]).toMatchObject({ status: 'RECEIVED', refundCents: 1_000 });
  });

  test('is not booked in while a change of the order waits for its payment; a plain return is', async () => {
    h.articles.prices.set('var_9', 500);
    h.exchange.units.set('var_9', 1);
    const order = await deliveredOrder(h);
    const [exchanged, plain] = [
      await order.approved([[order.lamp, 1, 'var_9']]),
      await order.approved([[order.lamp, 1]]),
    ];
    await leaveEditOpen(h, order.id);
    const before = await order.read();
    expect(await order.receive(exchanged, [[order.lamp, 1]])).toMatchObject({ errors: [{ code: 'CONFLICT' }] });
    expect(await order.read()).toEqual(before);
    expect(await order.receive(plain, [[order.lamp, 1]])).toMatchObject({ ok: true });
    expect(await h.app.cancelReturn(GUEST, exchanged)).toMatchObject({ ok: true });
  });

  test('that lapsed is freed by the sweeper and held anew when the goods arrive', async () => {
    h.articles.prices.set('var_9', 500);
    h.exchange.units.set('var_9', 1);
    const order = await deliveredOrder(h);
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
    const order = await deliveredOrder(h, user('usr_1'));
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
    const order = await deliveredOrder(h);
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
