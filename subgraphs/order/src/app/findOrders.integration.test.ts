import { newContext, newId, runInContext } from '@souk/runtime';
import { GUEST, type OrderHarness, orderHarness, user } from '../testing/harness.js';

let h: OrderHarness;
beforeAll(async () => {
  h = await orderHarness();
});
afterAll(() => h.close());

const ALL = { lines: true, timeline: true };
async function placed(viewer = GUEST) {
  const result = await h.app.placeOrder(viewer, h.command());
  if (!result.ok) throw new Error('not placed');
  return result.order;
}
const STAFF = user('usr_staff', ['orders:read']);

describe('who sees an order', () => {
  test.each([
    ["a guest's order", GUEST, GUEST, true],
    ["a guest's order", GUEST, user('usr_2'), true],
    ["a user's order", user('usr_1'), user('usr_1'), true],
    ["a user's order", user('usr_1'), user('usr_2'), false],
    ["a user's order", user('usr_1'), GUEST, false],
    ["a user's order", user('usr_1'), STAFF, true],
  ])('%s is shown by its id, or not (%#)', async (_, owner, viewer, shown) => {
    const order = await placed(owner);
    const [found] = await h.app.findOrders(viewer, [order.id], ALL);
    expect(found?.id).toBe(shown ? order.id : undefined);
  });
});

test('ten orders of a user with lines and timeline are one statement, in pages without gap or overlap', async () => {
  const viewer = user(newId('usr'));
  const ids: string[] = [];
  for (let i = 0; i < 5; i += 1) ids.unshift((await placed(viewer)).id);
  const context = newContext('request');
  const request = { first: 3, after: null, status: null, filter: null, totalCount: true, ...ALL };
  const [page] = await runInContext(context, () =>
    h.app.ordersOfCustomers([viewer.kind === 'user' ? viewer.userId : ''], request),
  );
  expect(context.statements).toBe(1);
  expect(page).toMatchObject({ hasNextPage: true, totalCount: 5 });
  expect(page?.orders.map((order) => order.id)).toEqual(ids.slice(0, 3));
  expect(page?.orders.map((order) => order.lines?.length)).toEqual([2, 2, 2]);
  const last = page?.orders.at(-1);
  const after = { placedAt: String(last?.placedAt.toISOString()), id: String(last?.id) };
  const [rest, none] = await h.app.ordersOfCustomers([viewer.kind === 'user' ? viewer.userId : '', 'usr_none'], {
    ...request,
    after,
    totalCount: false,
  });
  expect(rest?.orders.map((order) => order.id)).toEqual(ids.slice(3));
  expect(none).toEqual({ orders: [], hasNextPage: false, totalCount: undefined });
});

test('the parts of an order that nobody asked for are not read', async () => {
  const order = await placed();
  const [found] = await h.app.findOrders(GUEST, [order.id], { lines: false, timeline: false });
  expect(found?.lines).toBeUndefined();
  expect(found?.timeline).toBeUndefined();
});

describe("a guest's look-up", () => {
  const find = (number: string, email: string, ip = '192.0.2.1') => h.app.findGuestOrder({ ip }, number, email, ALL);

  test('finds the order by number and e-mail address, whatever their case', async () => {
    const order = await placed();
    expect((await find(order.number.toLowerCase(), 'ADA@Example.com'))?.id).toBe(order.id);
    expect(await find(order.number, 'eve@example.com')).toBeUndefined();
  });

  test("never finds a user's order", async () => {
    const order = await placed(user('usr_1'));
    expect(await find(order.number, 'ada@example.com')).toBeUndefined();
  });

  test('is refused after ten tries per number, with the right address too, and other numbers are not', async () => {
    const order = await placed();
    for (let i = 0; i < 10; i += 1) await find(order.number, `guess${i}@example.com`, `192.0.2.${i + 10}`);
    await expect(find(order.number, 'ada@example.com', '192.0.2.99')).rejects.toThrow('Too many look-ups');
    const other = await placed();
    expect((await find(other.number, 'ada@example.com', '192.0.2.99'))?.id).toBe(other.id);
  });
});

describe('the list of the staff', () => {
  test('filters by status, customer and number', async () => {
    const customer = newId('usr');
    const [mine, cancelled] = [await placed(user(customer)), await placed(user(customer))];
    const command = { orderId: cancelled.id, reason: null, idempotencyKey: 'cancel-key-1' };
    await h.app.cancelOrder(user(customer), command);
    const list = (filter: Parameters<typeof h.app.listOrders>[0]['filter']) =>
      h.app.listOrders({ filter, first: 10, after: null, totalCount: true, parts: ALL });
    const ids = async (filter: Parameters<typeof list>[0]) => (await list(filter)).orders.map((order) => order.id);
    expect(await ids({ customerId: customer })).toEqual([cancelled.id, mine.id]);
    expect(await ids({ customerId: customer, status: 'CANCELLED' })).toEqual([cancelled.id]);
    expect(await ids({ search: mine.number })).toEqual([mine.id]);
    expect((await list({ customerId: customer })).totalCount).toBe(2);
    expect(await ids({ customerId: customer, placedAfter: new Date(Date.now() + 1_000) })).toEqual([]);
  });
});

test('a note is seen in the timeline and publishes nothing', async () => {
  const order = await placed();
  expect(await h.app.addNote({ orderId: order.id, text: '  fragile ', isPublic: false })).toMatchObject({ ok: true });
  const [found] = await h.app.findOrders(STAFF, [order.id], ALL);
  expect(found?.timeline?.at(-1)).toMatchObject({ type: 'NOTE_ADDED', message: 'fragile', isPublic: false });
  expect(await h.events(order.id)).toEqual(['order.placed']);
  expect(await h.app.addNote({ orderId: order.id, text: ' ', isPublic: true })).toMatchObject({
    errors: [{ code: 'INVALID' }],
  });
});
