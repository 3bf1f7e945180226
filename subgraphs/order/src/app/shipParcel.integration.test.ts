import { newContext, newId, runInContext } from '@souk/runtime';
import { carrierSignature } from '../adapters/carrier.webhook.js';
import { CARRIER_SECRET, GUEST, type OrderHarness, orderHarness } from '../testing/harness.js';
import { leaveEditOpen, paidOrder, STAFF } from '../testing/paidOrders.js';

let h: OrderHarness;
beforeAll(async () => {
  h = await orderHarness();
});
afterAll(() => h.close());
afterEach(() => {
  h.time.offsetMs = 0;
});

const BEGUN = ['order.placed', 'order.confirmed'];

describe('shipping', () => {
  test('in two parcels goes from unfulfilled over partly to all, with one event each, in five statements', async () => {
    const order = await paidOrder(h);
    const context = newContext('request');
    const first = await runInContext(context, () =>
      order.ship([[order.lamp, 2]], { carrier: 'DHL', trackingNumber: 'JJD01' }),
    );
    // read; begin, order, lines, parcel, commit
    expect(context.statements).toBe(6);
    expect(first.result).toMatchObject({ ok: true, order: { fulfillmentStatus: 'PARTIALLY_FULFILLED' } });
    await order.ship([
      [order.lamp, 1],
      [order.bulb, 1],
    ]);
    const read = await order.read();
    expect(read).toMatchObject({ status: 'CONFIRMED', fulfillmentStatus: 'FULFILLED', deliveredAt: null });
    expect(read.lines.map((line) => [line.quantity, line.quantityFulfilled])).toEqual([
      [3, 3],
      [1, 1],
    ]);
    expect(read.fulfillments).toMatchObject([
      { id: first.fulfillmentId, status: 'SHIPPED', carrier: 'DHL', trackingNumber: 'JJD01' },
      { status: 'SHIPPED', carrier: null, trackingNumber: null },
    ]);
    expect(await order.events()).toEqual([...BEGUN, 'fulfillment.shipped', 'fulfillment.shipped']);
    expect((await order.timeline())?.slice(-2)).toEqual(['FULFILLED', 'FULFILLED']);
  });

  test('of the last units by ten staff at once ships them once, and tells the others that they are gone', async () => {
    const order = await paidOrder(h);
    const answers = await Promise.all(Array.from({ length: 8 }, () => order.ship([[order.lamp, 3]])));
    expect(answers.filter(({ result }) => result.ok)).toHaveLength(1);
    for (const { result } of answers) {
      if (!result.ok) expect(result.errors).toMatchObject([{ code: 'QUANTITY_EXCEEDS_ORDERED' }]);
    }
    expect(await order.events()).toEqual([...BEGUN, 'fulfillment.shipped']);
  });

  test('with the same key ships once, with the same key and something else is refused', async () => {
    const order = await paidOrder(h);
    const idempotencyKey = newId('req');
    const answers = await Promise.all([1, 2, 3].map(() => order.ship([[order.lamp, 1]], { idempotencyKey })));
    expect(new Set(answers.map(({ fulfillmentId }) => fulfillmentId)).size).toBe(1);
    expect((await order.read()).lines[0]).toMatchObject({ quantityFulfilled: 1 });
    expect((await order.ship([[order.lamp, 2]], { idempotencyKey })).result).toMatchObject({
      ok: false,
      errors: [{ code: 'IDEMPOTENCY_KEY_REUSED' }],
    });
    expect(await order.events()).toEqual([...BEGUN, 'fulfillment.shipped']);
  });

  test.each([
    ['more than was ordered', (o: Order) => [[o.lamp, 4]], 'QUANTITY_EXCEEDS_ORDERED'],
    ['nothing', () => [], 'INVALID'],
    ['no units', (o: Order) => [[o.lamp, 0]], 'INVALID'],
    [
      'a line twice',
      (o: Order) => [
        [o.lamp, 1],
        [o.lamp, 1],
      ],
      'INVALID',
    ],
    ["another order's line", () => [['oln_other', 1]], 'NOT_FOUND'],
  ] as [string, (o: Order) => [string, number][], string][])(
    '%s is refused, changes and publishes nothing',
    async (_, lines, code) => {
      const order = await paidOrder(h);
      const before = await order.read();
      expect((await order.ship(lines(order))).result).toMatchObject({ ok: false, errors: [{ code }] });
      expect(await order.read()).toEqual(before);
      expect(await order.events()).toEqual(BEGUN);
    },
  );

  test('and completing wait while a change of the order waits for its payment', async () => {
    const order = await paidOrder(h);
    await leaveEditOpen(h, order.id);
    expect((await order.ship([[order.lamp, 1]])).result).toMatchObject({ errors: [{ code: 'CONFLICT' }] });
    expect(await order.events()).toEqual(BEGUN);
    const whole = await paidOrder(h);
    await whole.delivered();
    await leaveEditOpen(h, whole.id);
    expect(await h.app.completeOrder(whole.id, 'staff')).toMatchObject({ errors: [{ code: 'CONFLICT' }] });
    h.time.offsetMs = 31 * 86_400_000;
    await h.app.completeOrders();
    expect(await whole.read()).toMatchObject({ status: 'CONFIRMED' });
  });

  test('of an order that is not paid is refused', async () => {
    const placed = await h.app.placeOrder(
      GUEST,
      h.command({ expectedTotal: { centAmount: 3_989, currencyCode: 'EUR' } }),
    );
    if (!placed.ok) throw new Error('not placed');
    const lines = [{ lineId: String(placed.order.lines?.[0]?.id), quantity: 1 }];
    const command = {
      orderId: placed.order.id,
      lines,
      carrier: null,
      trackingNumber: null,
      idempotencyKey: newId('req'),
    };
    expect((await h.app.shipParcel(STAFF, command)).result).toMatchObject({ errors: [{ code: 'ILLEGAL_TRANSITION' }] });
  });
});

describe('a parcel', () => {
  test('is delivered once, whoever says so how often; the order is delivered with its last one', async () => {
    const order = await paidOrder(h);
    const one = String((await order.ship([[order.lamp, 3]])).fulfillmentId);
    const two = String((await order.ship([[order.bulb, 1]])).fulfillmentId);
    await Promise.all([1, 2, 3].map(() => h.app.deliverParcel(one, 'staff')));
    expect(await order.read()).toMatchObject({ fulfillmentStatus: 'FULFILLED', deliveredAt: null });
    await h.app.deliverParcel(two, 'carrier');
    const read = await order.read();
    expect(read).toMatchObject({ fulfillmentStatus: 'DELIVERED', deliveredAt: read.fulfillments[1]?.deliveredAt });
    expect((await order.events()).slice(4)).toEqual(['fulfillment.delivered', 'fulfillment.delivered']);
  });

  test('that did not leave is cancelled: its units can be shipped again', async () => {
    const order = await paidOrder(h);
    const id = String((await order.ship([[order.lamp, 3]])).fulfillmentId);
    await Promise.all([h.app.cancelParcel(id), h.app.cancelParcel(id)]);
    expect(await order.read()).toMatchObject({
      fulfillmentStatus: 'UNFULFILLED',
      fulfillments: [{ id, status: 'CANCELLED' }],
    });
    expect((await order.ship([[order.lamp, 3]])).result.ok).toBe(true);
    expect(await h.app.deliverParcel(id, 'staff')).toMatchObject({ errors: [{ code: 'ILLEGAL_TRANSITION' }] });
  });

  test('of which something is being returned cannot be cancelled', async () => {
    const order = await paidOrder(h);
    const id = String((await order.ship([[order.lamp, 3]])).fulfillmentId);
    await order.ask([[order.lamp, 1]]);
    expect(await h.app.cancelParcel(id)).toMatchObject({ errors: [{ code: 'CONFLICT' }] });
    expect((await order.read()).lines[0]).toMatchObject({ quantityFulfilled: 3 });
  });

  test('gets another tracking number as long as it is on its way', async () => {
    const order = await paidOrder(h);
    const id = String((await order.ship([[order.lamp, 1]], { carrier: 'UPS', trackingNumber: '1Z' })).fulfillmentId);
    expect(await h.app.updateTracking({ id, trackingNumber: ' 1Z999 ', carrier: null })).toMatchObject({ ok: true });
    expect((await order.read()).fulfillments[0]).toMatchObject({ carrier: 'UPS', trackingNumber: '1Z999' });
    await h.app.deliverParcel(id, 'staff');
    expect(await h.app.updateTracking({ id, trackingNumber: '2', carrier: null })).toMatchObject({
      errors: [{ code: 'ILLEGAL_TRANSITION' }],
    });
    expect(await h.app.updateTracking({ id, trackingNumber: '  ', carrier: null })).toMatchObject({
      errors: [{ code: 'INVALID' }],
    });
    expect(await h.app.deliverParcel('ful_none', 'staff')).toMatchObject({ errors: [{ code: 'NOT_FOUND' }] });
  });
});

describe("a carrier's webhook", () => {
  const message = (parts: object = {}) => ({
    id: newId('evt'),
    type: 'delivered',
    trackingNumber: newId('req'),
    occurredAt: new Date().toISOString(),
    ...parts,
  });
  const send = (body: object, parts: { carrier?: string; secret?: string; at?: number } = {}) => {
    const raw = Buffer.from(JSON.stringify(body));
    const signature = carrierSignature(
      parts.secret ?? CARRIER_SECRET,
      Math.floor((parts.at ?? Date.now()) / 1_000),
      raw,
    );
    return h.app.receiveCarrierMessage(parts.carrier ?? 'dhl', raw, signature);
  };

  test('moves and delivers a parcel, in any order and any number', async () => {
    const order = await paidOrder(h);
    const trackingNumber = newId('req');
    const lines: [string, number][] = [
      [order.lamp, 3],
      [order.bulb, 1],
    ];
    await order.ship(lines, { carrier: 'DHL Express', trackingNumber });
    await send(message({ trackingNumber, type: 'in_transit' }));
    expect((await order.read()).fulfillments[0]).toMatchObject({ status: 'IN_TRANSIT' });
    const delivered = message({ trackingNumber });
    expect(await Promise.all([send(delivered), send(delivered), send(delivered)])).toEqual([
      'RECEIVED',
      'RECEIVED',
      'RECEIVED',
    ]);
    await send(message({ trackingNumber, type: 'in_transit' }));
    await send(message({ trackingNumber, type: 'returned_to_sender' }));
    expect(await order.read()).toMatchObject({
      fulfillmentStatus: 'DELIVERED',
      fulfillments: [{ status: 'DELIVERED' }],
    });
    expect((await order.events()).slice(2)).toEqual(['fulfillment.shipped', 'fulfillment.delivered']);
    expect(await order.timeline()).toEqual(expect.arrayContaining(['PARCEL_MOVED', 'DELIVERED']));
  });

  test('that is there before its number was entered waits, and is applied as soon as it was', async () => {
    const order = await paidOrder(h);
    const trackingNumber = newId('req');
    await send(message({ trackingNumber }));
    expect(await h.app.processCarrierEvents()).toBe(0);
    await order.ship([[order.lamp, 1]], { carrier: 'dhl', trackingNumber });
    expect(await h.app.processCarrierEvents()).toBe(1);
    expect((await order.read()).fulfillments[0]).toMatchObject({ status: 'DELIVERED' });
    expect(await h.app.processCarrierEvents()).toBe(0);
  });

  test('about a parcel of another carrier with the same number changes nothing', async () => {
    const order = await paidOrder(h);
    const trackingNumber = newId('req');
    await order.ship([[order.lamp, 1]], { carrier: 'UPS', trackingNumber });
    await send(message({ trackingNumber }));
    expect((await order.read()).fulfillments[0]).toMatchObject({ status: 'SHIPPED' });
  });

  test('about a parcel that came back lets staff cancel it, and its units are shipped again', async () => {
    const order = await paidOrder(h);
    const trackingNumber = newId('req');
    const { fulfillmentId } = await order.ship([[order.lamp, 1]], { carrier: 'dhl', trackingNumber });
    await send(message({ trackingNumber, type: 'returned_to_sender' }));
    expect((await order.read()).fulfillments[0]).toMatchObject({ status: 'RETURNED_TO_SENDER' });
    expect(await h.app.cancelParcel(String(fulfillmentId))).toMatchObject({ ok: true });
    expect((await order.read()).lines[0]).toMatchObject({ quantityFulfilled: 0 });
  });

  test('that is not signed by this carrier, is old, or is no message, stores nothing', async () => {
    const order = await paidOrder(h);
    const trackingNumber = newId('req');
    await order.ship([[order.lamp, 1]], { carrier: 'dhl', trackingNumber });
    const body = message({ trackingNumber });
    expect(await send(body, { secret: 'the-secret-of-someone-else' })).toBe('REFUSED');
    expect(await send(body, { at: Date.now() - 6 * 60_000 })).toBe('REFUSED');
    expect(await h.app.receiveCarrierMessage('dhl', Buffer.from(JSON.stringify(body)), undefined)).toBe('REFUSED');
    expect(await send(body, { carrier: 'ups' })).toBe('NO_SUCH_CARRIER');
    expect(await send({ ...body, occurredAt: 'yesterday' })).toBe('MALFORMED');
    expect(await send({ ...body, type: 'sorted' })).toBe('RECEIVED');
    expect((await order.read()).fulfillments[0]).toMatchObject({ status: 'SHIPPED' });
    h.time.offsetMs = 86_400_000;
    expect(await h.app.processCarrierEvents()).toBe(0);
  });
});

describe('completing', () => {
  const DAY = 86_400_000;

  test('happens by itself when the return window is over, not before, and publishes nothing', async () => {
    const order = await paidOrder(h);
    await order.delivered();
    h.time.offsetMs = 30 * DAY - 60_000;
    await h.app.completeOrders();
    expect(await order.read()).toMatchObject({ status: 'CONFIRMED' });
    h.time.offsetMs = 30 * DAY + 60_000;
    await Promise.all([h.app.completeOrders(), h.app.completeOrders()]);
    expect(await order.read()).toMatchObject({ status: 'COMPLETED' });
    expect((await order.timeline())?.filter((type) => type === 'COMPLETED')).toHaveLength(1);
    expect((await order.events()).slice(2)).toEqual(['fulfillment.shipped', 'fulfillment.delivered']);
  });

  test('waits for an open return, by staff too', async () => {
    const order = await paidOrder(h);
    await order.delivered();
    const { returnId } = await order.ask([[order.lamp, 1]]);
    h.time.offsetMs = 31 * DAY;
    await h.app.completeOrders();
    expect(await h.app.completeOrder(order.id, 'staff')).toMatchObject({ errors: [{ code: 'CONFLICT' }] });
    await h.app.declineReturn(String(returnId), 'worn');
    expect(await h.app.completeOrder(order.id, 'staff')).toMatchObject({ ok: true, order: { status: 'COMPLETED' } });
    expect(await h.app.completeOrder(order.id, 'staff')).toMatchObject({ ok: true });
  });

  test('an order of which nothing was shipped is refused', async () => {
    const order = await paidOrder(h);
    expect(await h.app.completeOrder(order.id, 'staff')).toMatchObject({ errors: [{ code: 'ILLEGAL_TRANSITION' }] });
  });
});

type Order = Awaited<ReturnType<typeof paidOrder>>;
