import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '@souk/testkit';
import { statementsSoFar } from '../../bench/src/statements.js';
import { fillCart, payAtProvider, placeOrder, purchase, type Shopper } from '../../local/src/shopper.js';
import { BEHIND_GATEWAY, type ProcessName } from '../../local/src/stack/names.js';
import type { Stack } from '../../local/src/stack.js';
import { type OwnShop, startOwnShop } from '../e2e/ownShop.js';
import { type Created, createProduct, mailsTo, uniqueEmail } from '../e2e/shop.js';

/** A shop of its own whose services are ended, hung and restarted, and whose orders expire after seconds. */
const PAYMENT_WINDOW_SECONDS = 6;
let own: OwnShop;
let stack: Stack;
let staff: Shopper;
let guest: Shopper;
let product: Created;

beforeAll(async () => {
  own = await startOwnShop({ env: { ORDER_PAYMENT_WINDOW_SECONDS: String(PAYMENT_WINDOW_SECONDS) } });
  ({ stack, staff, guest } = own);
  product = await createProduct(staff, { onHand: 1_000 });
}, 120_000);
afterAll(() => own?.stop(), 60_000);

const shop = () => ({ urls: stack.urls, env: stack.env, accounts: [] });
const lines = (quantity = 1) => [{ variantId: product.variantId, quantity }];

async function raw(query: string) {
  const response = await fetch(stack.urls.graphql, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return (await response.json()) as {
    data: Record<string, unknown> | null;
    errors?: { path?: unknown[]; extensions: { code: string } }[];
  };
}
async function available(): Promise<number> {
  const page = await guest.send<{ product: { variants: { quantityAvailable: number }[] } }>('ProductPage', {
    slug: product.slug,
  });
  return page.data.product.variants[0]?.quantityAvailable as number;
}
interface OrderView {
  order: { status: string; paymentStatus: string; events: { type: string }[] };
}
interface Session {
  paymentSessionCreate: { payment: { providerReference: string } };
}

test("a guest's whole purchase of two lines takes at most 45 statements over all services, in 4 requests and the waiting", async () => {
  const other = await createProduct(staff, { onHand: 100 });
  const both = [...lines(), { variantId: other.variantId, quantity: 1 }];
  const buy = () => purchase(guest, stack.urls.standIns, { lines: both, email: uniqueEmail() });
  await buy();
  await delay(4_000);
  const before = await statementsSoFar(stack.urls, BEHIND_GATEWAY);
  const runs = 3;
  for (let run = 0; run < runs; run += 1) await buy();
  await delay(4_000);
  const each = ((await statementsSoFar(stack.urls, BEHIND_GATEWAY)) - before) / runs;
  expect(each).toBeGreaterThan(10);
  expect(each).toBeLessThanOrEqual(45);
}, 60_000);

test('an order that nobody pays expires: its stock is free again and its customer is told', async () => {
  const before = await available();
  const email = uniqueEmail();
  const { cart } = await fillCart(guest, { lines: lines(5), email });
  const placed = await placeOrder(guest, cart);
  expect(await available()).toBe(before - 5);
  const { id } = placed.data.orderPlace.order;
  await eventually(
    async () => expect((await guest.send<OrderView>('Order', { id })).data.order.status).toBe('EXPIRED'),
    { timeoutMs: 20_000 },
  );
  await eventually(async () => expect(await available()).toBe(before), { timeoutMs: 10_000 });
  await eventually(
    async () =>
      expect((await mailsTo(shop(), email)).some((mail) => /expired|not paid/i.test(mail.subject))).toBe(true),
    { timeoutMs: 10_000 },
  );
}, 60_000);

test('money that arrives for an order that can no longer be delivered goes back by itself', async () => {
  const scarce = await createProduct(staff, { onHand: 1 });
  const email = uniqueEmail();
  const { cart } = await fillCart(guest, { lines: [{ variantId: scarce.variantId, quantity: 1 }], email });
  const { id: orderId } = (await placeOrder(guest, cart)).data.orderPlace.order;
  const session = await guest.send<Session>('PaymentSessionCreate', {
    input: { orderId, provider: 'stripe', idempotencyKey: `late-${orderId}` },
  });
  const intentId = session.data.paymentSessionCreate.payment.providerReference;
  // The payment service sleeps: it can neither cancel the intent nor hear of the payment before someone else has the unit.
  stack.processes.get('payment')?.kill('SIGSTOP');
  try {
    await eventually(
      async () => {
        const { data } = await raw(`{ order(id: "${orderId}") { status } }`);
        expect(data?.order).toEqual({ status: 'EXPIRED' });
      },
      { timeoutMs: 20_000 },
    );
    await eventually(
      async () => {
        const rival = await fillCart(guest, {
          lines: [{ variantId: scarce.variantId, quantity: 1 }],
          email: uniqueEmail(),
        });
        await placeOrder(guest, rival.cart);
      },
      { timeoutMs: 10_000 },
    );
    await payAtProvider(stack.urls.standIns, intentId);
  } finally {
    stack.processes.get('payment')?.kill('SIGCONT');
  }
  await eventually(
    async () => {
      const { data } = await guest.send<OrderView>('Order', { id: orderId });
      expect(data.order.paymentStatus).toBe('REFUNDED');
    },
    { timeoutMs: 40_000 },
  );
  const intent = (await (await fetch(`${stack.urls.standIns}/control/payment_intents/${intentId}`)).json()) as Record<
    string,
    unknown
  >;
  expect(JSON.stringify(intent)).toContain('refund');
  await eventually(
    async () => expect((await mailsTo(shop(), email)).some((mail) => /refund/i.test(mail.subject))).toBe(true),
    { timeoutMs: 15_000 },
  );
}, 120_000);

const HOME = '{ products(first: 3) { nodes { name } } categories { name } }';
test.each<[ProcessName, string]>([
  ['user', HOME],
  ['cart', HOME],
  ['order', HOME],
  ['payment', HOME],
  ['notification', HOME],
  ['worker', HOME],
])('without %s the shop can still be browsed', async (name, query) => {
  const service = stack.processes.get(name);
  service?.kill('SIGSTOP');
  try {
    const answer = await raw(query);
    expect(answer.errors).toBeUndefined();
    expect(answer.data?.products).toBeTruthy();
  } finally {
    service?.kill('SIGCONT');
  }
});

test('without the payment service an order is shown; what payment knows is null with a clear error', async () => {
  const { cart } = await fillCart(guest, { lines: lines(), email: uniqueEmail() });
  const { id } = (await placeOrder(guest, cart)).data.orderPlace.order;
  stack.processes.get('payment')?.kill('SIGSTOP');
  try {
    const { data, errors } = await raw(`{ order(id: "${id}") { status lines { productName } paymentStatus } }`);
    expect(data?.order).toEqual({
      status: 'PENDING_PAYMENT',
      lines: [{ productName: 'Test lamp' }],
      paymentStatus: null,
    });
    expect(errors?.[0]?.extensions.code).toBe('DEPENDENCY_UNAVAILABLE');
    expect(JSON.stringify(errors)).not.toMatch(/127\.0\.0\.1|ECONN|undici/);
  } finally {
    stack.processes.get('payment')?.kill('SIGCONT');
  }
}, 30_000);

test('without the catalogue a cart takes no line for nothing: a typed refusal, and the cart is unchanged', async () => {
  const { cart } = await fillCart(guest, { lines: lines(), email: uniqueEmail() });
  stack.processes.get('product')?.kill('SIGSTOP');
  try {
    await expect(guest.send('CartLinesAdd', { cartId: cart.id, lines: lines() })).rejects.toMatchObject({
      errors: [{ code: 'DEPENDENCY_UNAVAILABLE' }],
    });
  } finally {
    stack.processes.get('product')?.kill('SIGCONT');
  }
  const after = await guest.send<{ cart: { totalQuantity: number; version: number } }>('Cart', { id: cart.id });
  expect(after.data.cart).toMatchObject({ totalQuantity: 1, version: cart.version });
}, 30_000);

test.each<ProcessName>(['order', 'payment', 'worker', 'redis', 'postgres'])(
  'killing %s in the middle of purchases loses none of them',
  async (name) => {
    const emails = Array.from({ length: 6 }, () => uniqueEmail());
    const bought = await Promise.allSettled(
      emails.map(async (email, index) => {
        const { cart } = await fillCart(guest, { lines: lines(), email });
        const { id } = (await placeOrder(guest, cart)).data.orderPlace.order;
        const session = await guest.send<Session>('PaymentSessionCreate', {
          input: { orderId: id, provider: 'stripe', idempotencyKey: `kill-${id}` },
        });
        if (index === 3) stack.processes.get(name)?.kill('SIGKILL');
        await payAtProvider(stack.urls.standIns, session.data.paymentSessionCreate.payment.providerReference);
        return { id, email };
      }),
    );
    const paid = bought.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(paid.length).toBeGreaterThan(0);
    await eventually(
      async () => {
        for (const { id } of paid) {
          const { data } = await guest.send<OrderView>('Order', { id });
          expect(data.order).toMatchObject({ status: 'CONFIRMED', paymentStatus: 'PAID' });
        }
      },
      { timeoutMs: 60_000 },
    );
    await eventually(
      async () => {
        for (const { email } of paid) {
          const mails = await mailsTo(shop(), email);
          expect(mails.filter((mail) => /confirm/i.test(mail.subject))).toHaveLength(1);
        }
      },
      { timeoutMs: 30_000 },
    );
  },
  120_000,
);
