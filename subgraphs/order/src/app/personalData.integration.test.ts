import { events, newEvent } from '@souk/events';
import { newId } from '@souk/runtime';
import { expiredLongAgo, settleOf } from '../testing/ageRows.js';
import { type OrderHarness, orderHarness, user } from '../testing/harness.js';
import { afterSalesCart, deliveredOrder, type PaidOrder, paidOrder, STAFF } from '../testing/paidOrders.js';

let h: OrderHarness;
beforeAll(async () => {
  h = await orderHarness();
});
afterAll(() => h.close());
afterEach(() => {
  h.time.offsetMs = 0;
});

let people = 0;
const someone = () => {
  people += 1;
  return user(`usr_${String(people).padStart(26, '0')}`);
};
type User = ReturnType<typeof someone>;
const idOf = (viewer: User): string => (viewer.kind === 'user' ? viewer.userId : '');
const ask = (viewer: User, erasureId = newId('ers')) =>
  newEvent(events.accountErasureRequested, {
    aggregateId: idOf(viewer),
    sequence: 1,
    data: { userId: idOf(viewer), erasureId },
  });
// A word: ids are random, and three letters are soon in one.
const PERSON = /\bada\b|main street|berlin|10115|moved to her sister/i;
const saysWho = async (order: PaidOrder) => PERSON.test(JSON.stringify(await order.read()));
const acknowledged = (viewer: User) => h.events(idOf(viewer));
/** As if every consumer had applied what was told about an order. */
const applied = (order: PaidOrder) => settleOf(h.database, order.id);
/** Two rounds: nothing is left over for a second one. */
const rounds = async () => {
  await h.app.eraseCustomers();
  await h.app.eraseCustomers();
};

test('an order that is over is kept without its customer, and tells it once', async () => {
  const viewer = someone();
  const order = await paidOrder(h, viewer);
  await h.app.addNote({ orderId: order.id, text: 'She moved to her sister', isPublic: false });
  await h.app.cancelOrder(viewer, { orderId: order.id, reason: 'I moved to her sister', idempotencyKey: newId('req') });
  const before = await order.read();
  expect(await saysWho(order)).toBe(true);
  await h.app.requestErasure(ask(viewer));
  await rounds();
  expect(await saysWho(order)).toBe(false);
  const after = await order.read();
  expect(after).toMatchObject({
    customerId: idOf(viewer),
    email: 'erased@erased.invalid',
    billingAddress: null,
    shippingAddress: { countryCode: 'DE', fullName: '—' },
    version: before.version + 1,
    totalCents: before.totalCents,
    lines: before.lines,
  });
  expect((await order.events()).filter((type) => type === 'order.erased')).toHaveLength(1);
});

test('is acknowledged when everybody has erased what the order left with them, not before, and once per telling', async () => {
  const viewer = someone();
  const order = await paidOrder(h, viewer);
  await h.app.cancelOrder(viewer, { orderId: order.id, reason: null, idempotencyKey: newId('req') });
  const told = ask(viewer);
  await h.app.requestErasure(told);
  await h.app.requestErasure(told);
  await rounds();
  expect(await acknowledged(viewer)).toEqual([]);
  await applied(order);
  await rounds();
  expect(await acknowledged(viewer)).toEqual(['account.erased']);
  await h.app.requestErasure(told);
  await rounds();
  expect(await acknowledged(viewer)).toEqual(['account.erased']);
  await h.app.requestErasure(ask(viewer));
  await rounds();
  expect(await acknowledged(viewer)).toEqual(['account.erased', 'account.erased']);
});

test('an order that is under way keeps its address until it is over, and so does one that is on its way back', async () => {
  const viewer = someone();
  const order = await deliveredOrder(h, viewer);
  const other = await paidOrder(h, viewer);
  await h.app.cancelOrder(viewer, { orderId: other.id, reason: null, idempotencyKey: newId('req') });
  await h.app.requestErasure(ask(viewer));
  await rounds();
  expect([await saysWho(order), await saysWho(other)]).toEqual([true, false]);
  await applied(other);
  await rounds();
  expect(await acknowledged(viewer)).toEqual([]);
  const returnId = await order.approved([[order.lamp, 1]]);
  h.time.offsetMs = 40 * 86_400_000;
  await h.app.completeOrders();
  await rounds();
  expect(await saysWho(order)).toBe(true);
  await h.app.cancelReturn(STAFF, returnId);
  await h.app.completeOrders();
  await rounds();
  expect((await order.read()).status).toBe('COMPLETED');
  expect(await saysWho(order)).toBe(false);
  expect(JSON.stringify((await order.read()).returns)).not.toMatch(PERSON);
  await applied(order);
  await rounds();
  expect(await acknowledged(viewer)).toEqual(['account.erased']);
});

test('an order that has expired keeps its address for an hour, since late money revives it; after that money goes back', async () => {
  const viewer = someone();
  h.cart.state.cart = afterSalesCart();
  const expectedTotal = { centAmount: 3_989, currencyCode: 'EUR' };
  const placed = await h.app.placeOrder(viewer, h.command({ expectedTotal }));
  if (!placed.ok) throw new Error('not placed');
  const { id, totalCents } = placed.order;
  await h.makeOverdue(id);
  await h.app.expireOrders();
  const read = async () => (await h.app.findOrders(STAFF, [id], { lines: false, timeline: false }))[0];
  await h.app.requestErasure(ask(viewer));
  await rounds();
  expect(await read()).toMatchObject({ status: 'EXPIRED', email: 'ada@example.com' });
  await expiredLongAgo(h.database, id);
  await rounds();
  expect(await read()).toMatchObject({ status: 'EXPIRED', email: 'erased@erased.invalid' });
  const paymentId = newId('pay');
  await h.app.applyCapture(
    newEvent(events.paymentCaptured, {
      aggregateId: paymentId,
      sequence: 1,
      data: {
        paymentId,
        orderId: id,
        centAmount: totalCents,
        currencyCode: 'EUR',
        provider: 'stripe',
        capturedAt: new Date().toISOString(),
      },
    }),
  );
  expect((await read())?.status).toBe('EXPIRED');
  expect(await h.events(id)).toContain('order.refund_required');
});

test('an order that was placed meanwhile is erased when it is told once more', async () => {
  const viewer = someone();
  await h.app.requestErasure(ask(viewer));
  await rounds();
  expect(await acknowledged(viewer)).toEqual(['account.erased']);
  const late = await paidOrder(h, viewer);
  await h.app.cancelOrder(viewer, { orderId: late.id, reason: null, idempotencyKey: newId('req') });
  await rounds();
  expect(await saysWho(late)).toBe(true);
  await h.app.requestErasure(ask(viewer));
  await rounds();
  expect(await saysWho(late)).toBe(false);
});

test('a change that was decided before it is not written over it', async () => {
  const viewer = someone();
  const order = await paidOrder(h, viewer);
  await h.app.cancelOrder(viewer, { orderId: order.id, reason: null, idempotencyKey: newId('req') });
  await h.app.requestErasure(ask(viewer));
  await Promise.all([
    rounds(),
    ...Array.from({ length: 5 }, (_, n) =>
      h.app.addNote({ orderId: order.id, text: `internal ${n}`, isPublic: false }),
    ),
  ]);
  await rounds();
  expect(await saysWho(order)).toBe(false);
  expect((await order.events()).filter((type) => type === 'order.erased')).toHaveLength(1);
});

test('nobody else’s order and no guest’s order with the same address changes', async () => {
  const [viewer, other] = [someone(), someone()];
  const mine = await paidOrder(h, viewer);
  const others = [await paidOrder(h, other), await paidOrder(h)];
  for (const order of [mine, ...others]) {
    await h.app.cancelOrder(STAFF, { orderId: order.id, reason: null, idempotencyKey: newId('req') });
  }
  const before = await Promise.all(others.map((order) => order.read()));
  await h.app.requestErasure(ask(viewer));
  await rounds();
  expect(await saysWho(mine)).toBe(false);
  expect(await Promise.all(others.map((order) => order.read()))).toEqual(before);
});

test('drafts that staff made for the customer lose who he is', async () => {
  const viewer = someone();
  const content = {
    currencyCode: 'EUR',
    locale: 'en',
    customerId: idOf(viewer),
    email: 'ada@example.com',
    lines: [{ variantId: 'var_1', quantity: 1, unitPriceCents: null, priceReason: null }],
    shippingAddress: { fullName: 'Ada Miller', streetLine1: '1 Main Street', city: 'Berlin', countryCode: 'DE' },
    billingAddress: null,
    shippingMethodId: 'standard',
    discount: null,
    discountReason: null,
    note: 'She moved to her sister',
  };
  const made = await h.app.createDraft(content, newId('req'));
  if (!made.ok) throw new Error(JSON.stringify(made.errors));
  await h.app.requestErasure(ask(viewer));
  await rounds();
  const [draft] = await h.app.findDrafts([made.draft.id]);
  expect(draft?.state).toBe('DELETED');
  expect(JSON.stringify(draft)).not.toMatch(PERSON);
});

test('hands over every order of the customer, and none of others', async () => {
  const [viewer, other] = [someone(), someone()];
  const orders = [await paidOrder(h, viewer), await paidOrder(h, viewer)];
  await paidOrder(h, other);
  const { length } = h.exported;
  await h.app.exportPersonalData(
    newEvent(events.accountExportRequested, {
      aggregateId: idOf(viewer),
      sequence: 1,
      data: { userId: idOf(viewer), exportId: newId('exp') },
    }),
  );
  expect(h.exported.slice(length)).toMatchObject([
    {
      ordersInAll: 2,
      orders: orders
        .map(({ id }) => ({
          id,
          email: 'ada@example.com',
          shippingAddress: { streetLine1: '1 Main Street' },
          lines: [{ product: 'Lamp', quantity: 3 }, { product: 'Bulb' }],
        }))
        .reverse(),
    },
  ]);
});
