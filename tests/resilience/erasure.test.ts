import { randomUUID } from 'node:crypto';
import { audit } from '@souk/audit/audit';
import { storesFrom } from '@souk/audit/stores';
import { eventually } from '@souk/testkit';
import pg from 'pg';
import type { Stack } from '../../local/src/stack.js';
import { ADMIN, type OwnStack, startOwnStack } from '../e2e/ownShop.js';
import { ADDRESS, PERSON, type Visit, visit, WORDS } from './leavingCustomer.js';
import { whereabouts } from './whereabouts.js';

/**
 * What stays: invoices and receipts as they were issued, with the buyer's name and address, which the law wants kept (in Germany § 14b UStG and
 * § 147 AO, eight years); docs/decisions/0011. Nothing else.
 */
const KEPT_BY_LAW = ['payment.document_file.bytes', 'payment.payment_document.model'];

/** A shop of its own, whose services are killed while somebody leaves it. */
let own: OwnStack;
let stack: Stack;
let shop: Visit;

beforeAll(async () => {
  own = await startOwnStack();
  stack = own.stack;
  shop = await visit(stack, ADMIN);
}, 120_000);
afterAll(async () => {
  await shop?.close();
  await own?.stop();
}, 60_000);

interface Erasure {
  completedAt: string | null;
  services: { service: string; erasedAt: string | null }[];
}
async function erasureOf(token: string): Promise<{ completedAt: string | null; waitingFor: string[] }> {
  const { data } = await shop.person.send<{ accountErasure: Erasure }>('AccountErasure', { token });
  const { completedAt, services } = data.accountErasure;
  return { completedAt, waitingFor: services.flatMap((one) => (one.erasedAt === null ? [one.service] : [])) };
}
const where = () => whereabouts(stack.env as Record<string, string>, WORDS);
const query = async <Row extends object>(service: string, text: string, ...params: unknown[]): Promise<Row[]> => {
  const client = new pg.Client({ connectionString: stack.env[`DATABASE_URL_${service}`] as string });
  await client.connect();
  try {
    return (await client.query<Row>(text, params)).rows;
  } finally {
    await client.end();
  }
};
const methodsAtProvider = async (customer: string): Promise<unknown[]> => {
  const response = await fetch(`${stack.urls.standIns}/v1/customers/${customer}/payment_methods`, {
    headers: { authorization: `Bearer ${stack.env.STRIPE_SECRET_KEY}` },
  });
  return ((await response.json()) as { data: unknown[] }).data;
};

/** Somebody who has used everything that keeps something of him. */
let userId: string;
let over: string;
let underWay: string;
let providerCustomer: string;
let token: string;

test('somebody lives in the shop, and is found in many places', async () => {
  // As a guest first: the account claims it, and from then on it is the account's.
  const asGuest = await shop.order();
  await shop.pay(asGuest);
  userId = await shop.register();
  const claimed = await shop.person.send<{ guestOrdersClaim: { claimedCount: number } }>('GuestOrdersClaim');
  expect(claimed.data.guestOrdersClaim.claimedCount).toBe(1);
  over = await shop.order();
  await shop.pay(over, { savePaymentMethod: true });
  underWay = await shop.order();
  await shop.pay(underWay, { savePaymentMethod: true });
  const cancelled = await shop.order();
  await shop.person.send('OrderCancel', { id: cancelled, reason: 'Wilhelmina moved', idempotencyKey: randomUUID() });
  await shop.staff.send('OrderNoteAdd', { orderId: over, text: 'Mrs Quistorp called', isPublic: false });
  await shop.complete(over);
  await shop.complete(asGuest);
  await shop.fillCart();
  const documents = await eventually(
    async () => {
      interface Documents {
        order: { documents: { kind: string; htmlUrl: string }[] };
      }
      const { data } = await shop.person.send<Documents>('OrderDocuments', { id: over });
      expect(data.order.documents.map(({ kind }) => kind).sort()).toEqual(['INVOICE', 'RECEIPT']);
      return data.order.documents;
    },
    { timeoutMs: 20_000 },
  );
  for (const { htmlUrl } of documents) expect((await fetch(htmlUrl)).status).toBe(200);
  await eventually(
    async () => {
      const [customer] = await query<{ reference: string }>(
        'PAYMENT',
        `SELECT c.reference FROM provider_customer c JOIN payment_method m ON m.user_id = c.user_id WHERE c.user_id = $1`,
        userId,
      );
      providerCustomer = String(customer?.reference);
      expect(await methodsAtProvider(providerCustomer)).not.toEqual([]);
    },
    { timeoutMs: 20_000 },
  );
  await eventually(async () => expect(await where()).toContain('notification.delivery.recipient'), {
    timeoutMs: 20_000,
  });
  expect(await where()).toEqual(
    expect.arrayContaining([
      ...['user.account.email', 'user.account.first_name', 'user.account.phone', 'user.address.street_line_1'],
      ...[
        'order.orders.email',
        'order.orders.shipping_address',
        'order.orders.cancel_reason',
        'order.order_event.message',
      ],
      ...['cart.cart.email', 'cart.cart.shipping_address', 'cart.cart.note', 'cart.cart_checkout.answer'],
      ...KEPT_BY_LAW,
    ]),
  );
  expect((await where()).filter((place) => /redis|catalogue|outbox/.test(place))).toEqual([]);
}, 120_000);

test('an export has what every service knows, also from one that was killed when it was asked for', async () => {
  stack.processes.get('cart')?.kill('SIGKILL');
  await shop.person.send('AccountDataExport');
  interface Exports {
    accountDataExports: { waitingFor: string[]; url: string | null }[];
  }
  const url = await eventually(
    async () => {
      const { data } = await shop.person.send<Exports>('AccountDataExports');
      expect(data.accountDataExports).toMatchObject([{ waitingFor: [], url: expect.any(String) }]);
      return String(data.accountDataExports[0]?.url);
    },
    { timeoutMs: 40_000 },
  );
  const response = await fetch(url);
  expect(response.status).toBe(200);
  const told = (await response.json()) as Record<string, never>;
  expect(told).toMatchObject({
    user: { account: { email: PERSON.email, phone: PERSON.phone }, addresses: [{ streetLine1: ADDRESS.streetLine1 }] },
    cart: { carts: [{ status: 'ACTIVE', email: PERSON.email }] },
    payment: { savedMethods: expect.arrayContaining([expect.objectContaining({ brand: 'visa', last4: '4242' })]) },
    notification: { messages: expect.any(Array) },
  });
  const orders = (told.order as unknown as { orders: { id: string; history: { message: string | null }[] }[] }).orders;
  expect(orders.map(({ id }) => id)).toEqual(expect.arrayContaining([over, underWay]));
  expect(orders).toHaveLength(4);
  expect((await fetch(url.replace(/signature=.{4}/, 'signature=AAAA'))).status).toBe(403);
  expect((await where()).filter((place) => /redis|outbox/.test(place))).toEqual([]);
}, 90_000);

test('once the account is deleted, killed services included, only an order that is under way still says whose it is', async () => {
  for (const name of ['order', 'payment', 'worker'] as const) stack.processes.get(name)?.kill('SIGKILL');
  const deleted = await shop.person.send<{ accountDelete: { erasureToken: string } }>('AccountDelete', {
    password: PERSON.password,
  });
  token = deleted.data.accountDelete.erasureToken;
  stack.processes.get('cart')?.kill('SIGKILL');
  await expect(shop.person.send('AccountDataExports')).rejects.toMatchObject({ errors: [{ code: 'UNAUTHENTICATED' }] });
  shop.person.setToken(undefined);
  await expect(
    shop.person.send('SessionCreate', { email: PERSON.email, password: PERSON.password }),
  ).rejects.toMatchObject({
    errors: [{ code: 'INVALID_CREDENTIALS' }],
  });
  await eventually(async () => expect((await erasureOf(token)).waitingFor).toEqual(['order']), { timeoutMs: 60_000 });
  expect((await erasureOf(token)).completedAt).toBeNull();
  expect(await methodsAtProvider(providerCustomer)).toEqual([]);
  await eventually(
    async () => {
      const people = await query<{ id: string }>(
        'ORDER',
        `SELECT id FROM orders WHERE customer_id = $1 AND erased_at IS NULL`,
        userId,
      );
      expect(people.map(({ id }) => id)).toEqual([underWay]);
    },
    { timeoutMs: 20_000 },
  );
  // Messages about the order that was placed as a guest are forgotten when the order service, killed above, has told that it is erased.
  await eventually(
    async () => expect((await where()).filter((place) => /^(user|notification)\./.test(place))).toEqual([]),
    { timeoutMs: 20_000 },
  );
}, 120_000);

test('when that is over, nothing says who it was but what the law keeps', async () => {
  // Events are handled again before the gateway has noticed that the order service is back.
  await eventually(() => shop.staff.send('OrderDetails', { id: underWay }), { timeoutMs: 20_000 });
  await shop.complete(underWay);
  await eventually(
    async () => expect(await erasureOf(token)).toEqual({ completedAt: expect.any(String), waitingFor: [] }),
    { timeoutMs: 40_000 },
  );
  expect(await where()).toEqual(KEPT_BY_LAW);
  const kept = await shop.staff.send<{ order: { email: string; customer: null; lines: object[] } }>('OrderDetails', {
    id: over,
  });
  expect(kept.data.order).toMatchObject({ email: 'erased@erased.invalid', lines: [{ quantity: 1 }] });
}, 90_000);

test('told once more, everything stays as it is', async () => {
  const counts = async () =>
    Promise.all([
      query('ORDER', 'SELECT id, version, erased_at FROM orders ORDER BY id'),
      query('PAYMENT', 'SELECT id, removed_at, detach_at FROM payment_method ORDER BY id'),
      query('CART', 'SELECT id FROM cart ORDER BY id'),
      query('NOTIFICATION', 'SELECT id, state, erased FROM delivery ORDER BY id'),
      query('USER', 'SELECT service, erased_at FROM account_erasure_part ORDER BY service'),
    ]);
  const before = await counts();
  await query(
    'USER',
    `UPDATE outbox_event SET settled_at = NULL, pending = '{order,cart,payment,notification}', next_send_at = now() - interval '1 second'
     WHERE type = 'account.erasure_requested'`,
  );
  await query('USER', `UPDATE account_erasure SET tell_at = now() - interval '1 second'`);
  await eventually(
    async () => {
      const told = await query<{ settled: boolean }>(
        'USER',
        `SELECT settled_at IS NOT NULL AS settled FROM outbox_event WHERE type = 'account.erasure_requested'`,
      );
      expect(told).toEqual([{ settled: true }, { settled: true }]);
    },
    { timeoutMs: 60_000 },
  );
  expect(await counts()).toEqual(before);
  expect(await where()).toEqual(KEPT_BY_LAW);
}, 90_000);

test('the books are right without the person: the audit finds nothing', async () => {
  const result = await audit(storesFrom(stack.env), { lateMs: 30_000, confirmMs: 3_000 });
  expect(result.violations).toEqual([]);
}, 60_000);
