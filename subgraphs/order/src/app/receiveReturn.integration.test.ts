import { type OrderHarness, orderHarness } from '../testing/harness.js';
import { afterDelivery, deliveredOrder, type PaidOrder, refundedFor, told } from '../testing/paidOrders.js';

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

describe('a return', () => {
  test('is received once, restocked, refunded to the cent, and closed when the money is back', async () => {
    const order = await deliveredOrder(h);
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
    expect(await told(h, order.id, 'return.received')).toMatchObject({
      returnId,
      stockIds: [],
      restock: expect.arrayContaining([
        { variantId: 'var_1', quantity: 1 },
        { variantId: 'var_2', quantity: 1 },
      ]),
    });
    expect(await told(h, order.id, 'order.refund_required')).toEqual({
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
    const order = await deliveredOrder(h);
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
    const order = await deliveredOrder(h);
    const returnId = await order.approved([[order.lamp, 1]]);
    await order.receive(returnId, [[order.lamp, 0, 1]]);
    expect((await order.read()).returns[0]).toMatchObject({ status: 'CLOSED', refundCents: 0 });
    expect((await afterDelivery(order)).slice(2)).toEqual(['return.received']);
    expect((await order.ask([[order.lamp, 3]])).result.ok).toBe(true);
  });

  test.each([
    ['more than was announced', (o: PaidOrder) => [[o.lamp, 1, 2]], 'QUANTITY_EXCEEDS_ORDERED'],
    ['less than nothing', (o: PaidOrder) => [[o.lamp, -1]], 'INVALID'],
    ['nothing at all', () => [], 'INVALID'],
    ['a line that was not announced', (o: PaidOrder) => [[o.bulb, 1]], 'NOT_FOUND'],
    [
      'a line twice',
      (o: PaidOrder) => [
        [o.lamp, 1],
        [o.lamp, 1],
      ],
      'INVALID',
    ],
  ] as [string, (o: PaidOrder) => [string, number, number?][], string][])(
    'is not received with %s',
    async (_, lines, code) => {
      const order = await deliveredOrder(h);
      const returnId = await order.approved([[order.lamp, 2]]);
      const before = await order.read();
      expect(await order.receive(returnId, lines(order))).toMatchObject({ errors: [{ code }] });
      expect(await order.read()).toEqual(before);
      expect((await afterDelivery(order)).slice(2)).toEqual([]);
    },
  );

  test('is received with something else a second time: refused', async () => {
    const order = await deliveredOrder(h);
    const returnId = await order.approved([[order.lamp, 2]]);
    await order.receive(returnId, [[order.lamp, 1]]);
    expect(await order.receive(returnId, [[order.lamp, 2]])).toMatchObject({
      errors: [{ code: 'ILLEGAL_TRANSITION' }],
    });
    expect((await order.read()).lines[0]).toMatchObject({ quantityReturned: 1 });
  });

  test('that was declined says why, once, and cannot be received', async () => {
    const order = await deliveredOrder(h);
    const { returnId } = await order.ask([[order.lamp, 1]]);
    expect(await h.app.declineReturn(String(returnId), '  ')).toMatchObject({ errors: [{ code: 'INVALID' }] });
    await Promise.all([1, 2].map(() => h.app.declineReturn(String(returnId), 'It was worn.')));
    expect((await order.read()).returns[0]).toMatchObject({ status: 'DECLINED', declineReason: 'It was worn.' });
    expect(await afterDelivery(order)).toEqual(['return.requested', 'return.declined']);
    expect(JSON.stringify(await told(h, order.id, 'return.declined'))).not.toContain('worn');
    expect(await order.receive(String(returnId), [[order.lamp, 1]])).toMatchObject({
      errors: [{ code: 'ILLEGAL_TRANSITION' }],
    });
    expect(await h.app.approveReturn(String(returnId))).toMatchObject({ errors: [{ code: 'ILLEGAL_TRANSITION' }] });
  });
});

describe('the money of a return', () => {
  const received = async () => {
    const order = await deliveredOrder(h);
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
