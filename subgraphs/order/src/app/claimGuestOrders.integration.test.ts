import { sql } from '@souk/postgres';
import { newId } from '@souk/runtime';
import { GUEST, type OrderHarness, orderHarness, user } from '../testing/harness.js';
import { checkedOutCart } from '../testing/samples.js';

let h: OrderHarness;
beforeAll(async () => {
  h = await orderHarness();
});
afterAll(() => h.close());
beforeEach(() => h.verified.clear());

const copies = sql(
  'test.copies',
  `INSERT INTO orders SELECT (jsonb_populate_record(o, jsonb_build_object('id', 'ord_copy' || n, 'number', 'C' || n))).*
   FROM orders o, generate_series(1, $2::int) AS n WHERE o.id = $1`,
);

const erasing = sql(
  'test.erasing',
  `INSERT INTO customer_erasure (customer_id, erasure_id, requested_at) VALUES ($1, 'ers_1', now())`,
);

const PARTS = { lines: false, timeline: true };
const STAFF = user('usr_staff', ['orders:read']);

async function placed(email: string, viewer = GUEST): Promise<string> {
  h.cart.state.cart = { ...checkedOutCart(), email };
  const result = await h.app.placeOrder(viewer, h.command());
  if (!result.ok) throw new Error('not placed');
  return result.order.id;
}
/** An account that has confirmed this address. */
function owner(email: string): string {
  const userId = newId('usr');
  h.verified.set(userId, email.normalize('NFC').trim().toLowerCase());
  return userId;
}
const address = () => `${newId('req')}@example.com`;
const ownerOf = async (id: string) => (await h.app.findOrders(STAFF, [id], PARTS))[0]?.customerId;
const claim = (userId: string) => h.app.claimGuestOrders(userId);

test('the guest orders of a confirmed address become its account’s, newest first; those of others do not', async () => {
  const email = address();
  const [first, second, other] = [await placed(email), await placed(email), await placed(address())];
  const userId = owner(email);
  expect(await claim(userId)).toEqual({ ok: true, orderIds: [second, first] });
  expect([await ownerOf(first), await ownerOf(second), await ownerOf(other)]).toEqual([userId, userId, null]);
});

test('a claimed order is not open any more to whoever knows its id', async () => {
  const email = address();
  const id = await placed(email);
  const userId = owner(email);
  expect((await h.app.findOrders(GUEST, [id], PARTS))[0]?.id).toBe(id);
  await claim(userId);
  expect(await h.app.findOrders(GUEST, [id], PARTS)).toEqual([undefined]);
  expect(await h.app.findOrders(user('usr_2'), [id], PARTS)).toEqual([undefined]);
  expect((await h.app.findOrders(user(userId), [id], PARTS))[0]?.id).toBe(id);
});

test('claiming again claims what came since and nothing twice; each claim is told once', async () => {
  const email = address();
  const id = await placed(email);
  const userId = owner(email);
  await claim(userId);
  expect(await claim(userId)).toEqual({ ok: true, orderIds: [] });
  const next = await placed(email);
  expect(await claim(userId)).toEqual({ ok: true, orderIds: [next] });
  const [order] = await h.app.findOrders(STAFF, [id], PARTS);
  expect(order?.timeline?.filter(({ type }) => type === 'CLAIMED')).toHaveLength(1);
  expect(await h.events(id)).toEqual(['order.placed', 'order.claimed']);
});

test('an address that is not confirmed claims nothing, and changes nothing', async () => {
  const email = address();
  const id = await placed(email);
  const before = await h.counts();
  expect(await claim(newId('usr'))).toEqual({
    ok: false,
    errors: [expect.objectContaining({ code: 'EMAIL_NOT_VERIFIED' })],
  });
  expect(await ownerOf(id)).toBeNull();
  expect(await h.counts()).toEqual(before);
});

test('while the accounts cannot be asked nothing is claimed', async () => {
  const email = address();
  const id = await placed(email);
  const userId = owner(email);
  h.fail.accounts('verifiedEmail');
  expect(await claim(userId)).toMatchObject({ ok: false, errors: [{ code: 'DEPENDENCY_UNAVAILABLE' }] });
  expect(await ownerOf(id)).toBeNull();
  expect(await claim(userId)).toEqual({ ok: true, orderIds: [id] });
});

test('addresses are compared as at registration: without regard to case, and not more freely', async () => {
  const name = newId('req');
  const mine = [await placed(`${name}@Example.COM`), await placed(`${name.toUpperCase()}@example.com`)];
  const others = [
    await placed(`x${name}@example.com`),
    await placed(`${name}@example.com.evil.example`),
    await placed(`${name}%@example.com`),
    await placed(`${name}@exampl\u0435.com`), // a Cyrillic e
  ];
  const userId = owner(`${name}@example.com`);
  expect(await claim(userId)).toEqual({ ok: true, orderIds: mine.reverse() });
  for (const id of others) expect(await ownerOf(id)).toBeNull();
});

test('after a change of address the orders of the new one are claimed, and those of the old one are kept', async () => {
  const [before, after] = [address(), address()];
  const [old, recent] = [await placed(before), await placed(after)];
  const userId = owner(before);
  await claim(userId);
  h.verified.set(userId, after);
  expect(await claim(userId)).toEqual({ ok: true, orderIds: [recent] });
  expect([await ownerOf(old), await ownerOf(recent)]).toEqual([userId, userId]);
});

test('an order of an account is never touched, though it has the address', async () => {
  const email = address();
  const somebody = newId('usr');
  const id = await placed(email, user(somebody));
  const userId = owner(email);
  expect(await claim(userId)).toEqual({ ok: true, orderIds: [] });
  expect(await ownerOf(id)).toBe(somebody);
});

test('of claims that race each order gets one owner, and is told once', async () => {
  const email = address();
  const ids = [];
  for (let i = 0; i < 6; i += 1) ids.push(await placed(email));
  // The same address twice, as if it had moved from one account to another while both were claiming.
  const [one, two] = [owner(email), owner(email)];
  const results = await Promise.all([claim(one), claim(two), claim(one), claim(two)]);
  const claimed = results.flatMap((result) => (result.ok ? result.orderIds : []));
  expect([...claimed].sort()).toEqual([...ids].sort());
  for (const id of ids) {
    expect([one, two]).toContain(await ownerOf(id));
    expect(await h.events(id)).toEqual(['order.placed', 'order.claimed']);
  }
});

test('a claim and a cancellation that race are both done', async () => {
  const email = address();
  const userId = owner(email);
  const id = await placed(email);
  const [claimed, cancelled] = await Promise.all([
    claim(userId),
    h.app.cancelOrder(GUEST, { orderId: id, reason: null, idempotencyKey: newId('req') }),
  ]);
  expect(claimed).toEqual({ ok: true, orderIds: [id] });
  const [order] = await h.app.findOrders(STAFF, [id], PARTS);
  expect(order?.customerId).toBe(userId);
  // Whoever was first: a guest cannot cancel what has an owner by then.
  expect(order?.status).toBe(cancelled.ok ? 'CANCELLED' : 'PENDING_PAYMENT');
});

test('an account that is being erased gets nothing any more, though it still had its address a moment ago', async () => {
  const email = address();
  const userId = owner(email);
  const id = await placed(email);
  await h.database.query(erasing, [userId]);
  expect(await claim(userId)).toMatchObject({ ok: false, errors: [{ code: 'CONFLICT' }] });
  expect(await ownerOf(id)).toBeNull();
});

test('hundreds of orders are claimed in batches', async () => {
  const email = address();
  const id = await placed(email);
  await h.database.query(copies, [id, 430]);
  const userId = owner(email);
  const result = await claim(userId);
  expect(result.ok && new Set(result.orderIds).size).toBe(431);
}, 30_000);
