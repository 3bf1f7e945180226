import { GUEST, type OrderHarness, orderHarness, user } from '../testing/harness.js';

let h: OrderHarness;
beforeAll(async () => {
  h = await orderHarness();
});
afterAll(() => h.close());
beforeEach(() => {
  h.stock.state.gone = false;
  h.stock.state.onExtend = undefined;
});

async function placed() {
  const result = await h.app.placeOrder(GUEST, h.command());
  if (!result.ok) throw new Error('not placed');
  return result.order;
}
const read = async (id: string) => (await h.app.findOrders(GUEST, [id], { lines: false, timeline: true }))[0];
const START = Date.now();
const inDays = (days: number): Date => new Date(START + days * 86_400_000);

test('an order that is paid by transfer does not expire before the transfer can arrive', async () => {
  const order = await placed();
  expect(await h.app.extendPaymentWindow(order.id, inDays(14))).toMatchObject({ ok: true });
  const after = await read(order.id);
  expect(after).toMatchObject({ status: 'PENDING_PAYMENT', paymentDueAt: inDays(14), version: 2 });
  expect(after?.timeline?.at(-1)).toMatchObject({ type: 'PAYMENT_WINDOW_EXTENDED' });
});

test('a window only grows, and asking again changes nothing', async () => {
  const order = await placed();
  for (const days of [14, 14, 7]) await h.app.extendPaymentWindow(order.id, inDays(days));
  expect(await read(order.id)).toMatchObject({ paymentDueAt: inDays(14), version: 2 });
});

test('asked ten times at once, it is extended once', async () => {
  const order = await placed();
  const answers = await Promise.all(Array.from({ length: 10 }, () => h.app.extendPaymentWindow(order.id, inDays(14))));
  expect(answers.every(({ ok }) => ok)).toBe(true);
  expect(await read(order.id)).toMatchObject({ paymentDueAt: inDays(14), version: 2 });
});

test('goods that are not held any more are not waited for: refused, and nothing changed', async () => {
  const order = await placed();
  h.stock.state.gone = true;
  expect(await h.app.extendPaymentWindow(order.id, inDays(14))).toMatchObject({
    ok: false,
    errors: [{ code: 'ILLEGAL_TRANSITION', field: ['orderId'] }],
  });
  expect(await read(order.id)).toMatchObject({ paymentDueAt: order.paymentDueAt, version: 1 });
});

test('longer than sixty days, an unknown order, and one that is over are refused', async () => {
  const order = await placed();
  expect(await h.app.extendPaymentWindow(order.id, inDays(61))).toMatchObject({ errors: [{ code: 'INVALID' }] });
  expect(await h.app.extendPaymentWindow('ord_none', inDays(1))).toMatchObject({ errors: [{ code: 'NOT_FOUND' }] });
  await h.makeOverdue(order.id);
  expect(await h.app.extendPaymentWindow(order.id, inDays(1))).toMatchObject({
    errors: [{ code: 'ILLEGAL_TRANSITION' }],
  });
  await h.app.expireOrders();
  expect(await h.app.extendPaymentWindow(order.id, inDays(1))).toMatchObject({
    errors: [{ code: 'ILLEGAL_TRANSITION' }],
  });
  expect(await h.events(order.id)).toEqual(['order.placed', 'order.expired']);
});

test('an order that expires at the same moment stays as it ends: extended or expired, never both', async () => {
  const order = await placed();
  h.stock.state.onExtend = async () => {
    h.stock.state.onExtend = undefined;
    await h.makeOverdue(order.id);
    await h.app.expireOrders();
  };
  expect(await h.app.extendPaymentWindow(order.id, inDays(14))).toMatchObject({ ok: false });
  expect(await read(order.id)).toMatchObject({ status: 'EXPIRED' });
});

test('an order that was edited holds all of its stock longer, under whatever ids', async () => {
  const order = await placed();
  h.quotes.prices.set('var_9', { unitPriceCents: 1_500 });
  const edited = await h.app.editOrder(user('usr_staff', ['orders:write']), {
    orderId: order.id,
    orderVersion: 1,
    request: {
      addLines: [{ variantId: 'var_9', quantity: 1 }],
      setQuantities: [{ lineId: order.lines?.[0]?.id ?? '', quantity: 1 }],
      shippingAddress: null,
      billingAddress: null,
      shippingMethodId: null,
    },
    note: null,
    dryRun: false,
    idempotencyKey: 'edit-key-1',
  });
  if (!edited.ok) throw new Error('not edited');
  expect(await h.app.extendPaymentWindow(order.id, inDays(14))).toMatchObject({ ok: true });
  const held = inDays(14).getTime() + 600_000;
  expect([order.id, edited.edit?.id ?? ''].map((id) => h.stock.extended.get(id)?.getTime())).toEqual([held, held]);
});
