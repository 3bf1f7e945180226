import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { signIdentity } from '@souk/runtime';
import { eventually } from '@souk/testkit';
import { createShopper, fillCart, payAtProvider, placeOrder, type Shopper } from '../../local/src/shopper.js';
import { createProduct, type Shop, shopOfRun, signedIn, uniqueEmail } from './shop.js';

/**
 * Manual capture: the money is authorized when the customer pays, and taken when staff capture it. The shop of this run captures at
 * once; a second payment service beside it is configured otherwise, and what it opens lives on in all of them.
 */
let shop: Shop;
let staff: Shopper;
let guest: Shopper;
let manual: { readonly url: string; readonly process: ChildProcess };

beforeAll(async () => {
  shop = await shopOfRun();
  staff = await signedIn(shop, 'staff');
  guest = createShopper(shop.urls.graphql as string);
  manual = await startManualPayments();
}, 120_000);
afterAll(async () => {
  manual?.process.kill('SIGTERM');
  await Promise.all([staff?.close(), guest?.close(), manual && once(manual.process, 'exit')]);
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

async function startManualPayments() {
  const port = await freePort();
  const main = new URL('../../subgraphs/payment/dist/main.js', import.meta.url).pathname;
  const child = spawn(process.execPath, [main], {
    env: { ...shop.env, LOG_LEVEL: 'silent', PORT: String(port), STRIPE_CAPTURE_METHOD: 'manual' },
    stdio: 'ignore',
  });
  const url = `http://127.0.0.1:${port}`;
  await eventually(async () => expect((await fetch(`${url}/health/ready`)).ok).toBe(true), { timeoutMs: 30_000 });
  return { url, process: child };
}

/** Opens a payment at the service that captures by hand, as the gateway would. */
async function openManually(orderId: string): Promise<{ id: string; providerReference: string }> {
  const query = `mutation Open($input: PaymentSessionInput!) {
    paymentSessionCreate(input: $input) { payment { id providerReference captureMethod } userErrors { code message } }
  }`;
  const body = JSON.stringify({ query, variables: { input: { orderId, idempotencyKey: randomUUID() } } });
  const secret = String(shop.env.IDENTITY_SECRET);
  const identity = signIdentity({ secret, from: 'gateway', to: 'payment', viewer: { kind: 'anonymous' }, body });
  const headers = { 'content-type': 'application/json', 'x-souk-identity': identity };
  const response = await fetch(`${manual.url}/graphql`, { method: 'POST', headers, body });
  const { data } = (await response.json()) as {
    data: { paymentSessionCreate: { payment: { id: string; providerReference: string; captureMethod: string } } };
  };
  expect(data.paymentSessionCreate).toMatchObject({ payment: { captureMethod: 'MANUAL' }, userErrors: [] });
  return data.paymentSessionCreate.payment;
}

interface OrderView {
  order: {
    status: string;
    paymentStatus: string;
    total: { centAmount: number };
    totalPaid: { centAmount: number };
    events: { type: string }[];
  };
}
const orderOf = async (id: string) => (await guest.send<OrderView>('Order', { id })).data.order;
const available = async (slug: string) => {
  interface PageView {
    product: { variants: { quantityAvailable: number }[] };
  }
  return (await guest.send<PageView>('ProductPage', { slug })).data.product.variants[0]?.quantityAvailable;
};

/** An order that its authorized money has confirmed. */
async function authorizedOrder() {
  const product = await createProduct(staff, { onHand: 5, centAmount: 4_000 });
  const lines = [{ variantId: product.variantId, quantity: 2 }];
  const { cart } = await fillCart(guest, { lines, email: uniqueEmail() });
  const orderId = (await placeOrder(guest, cart)).data.orderPlace.order.id;
  const payment = await openManually(orderId);
  await payAtProvider(shop.urls.standIns as string, payment.providerReference);
  await eventually(async () => {
    expect(await orderOf(orderId)).toMatchObject({ status: 'CONFIRMED', paymentStatus: 'AUTHORIZED' });
  });
  return { orderId, paymentId: payment.id, slug: product.slug };
}

interface Captured {
  paymentCapture: {
    payment: { state: string; capturedAmount: { centAmount: number }; capturableAmount: { centAmount: number } };
  };
}

test('authorized money confirms the order, and staff capture it once, however often they press', async () => {
  const { orderId, paymentId } = await authorizedOrder();
  expect((await orderOf(orderId)).totalPaid.centAmount).toBe(0);
  const idempotencyKey = randomUUID();
  const answers = await Promise.all(
    [1, 2, 3].map(() => staff.send<Captured>('PaymentCapture', { paymentId, idempotencyKey })),
  );
  const again = await staff.send<Captured>('PaymentCapture', { paymentId, idempotencyKey });
  expect(answers).toHaveLength(3);
  expect(again.data.paymentCapture.payment).toMatchObject({ state: 'CAPTURED', capturableAmount: { centAmount: 0 } });
  await eventually(async () => {
    const order = await orderOf(orderId);
    expect(order).toMatchObject({ status: 'CONFIRMED', paymentStatus: 'PAID' });
    expect(order.totalPaid).toEqual(order.total);
    const types = order.events.map((event) => event.type);
    expect(types.filter((type) => /^(PAYMENT_|CONFIRMED)/.test(type))).toEqual([
      'PAYMENT_AUTHORIZED',
      'CONFIRMED',
      'PAYMENT_CAPTURED',
    ]);
  });
});

test('a part is captured and the rest released; more than was agreed is refused', async () => {
  const { orderId, paymentId } = await authorizedOrder();
  const amount = (centAmount: number) => ({
    amount: { centAmount, currencyCode: 'EUR' },
    idempotencyKey: randomUUID(),
  });
  const { total } = await orderOf(orderId);
  await expect(staff.send('PaymentCapture', { paymentId, ...amount(total.centAmount + 1) })).rejects.toMatchObject({
    errors: [{ code: 'CAPTURE_EXCEEDS_AUTHORIZED' }],
  });
  const { data } = await staff.send<Captured>('PaymentCapture', { paymentId, ...amount(1_000) });
  expect(data.paymentCapture.payment).toMatchObject({
    state: 'CAPTURED',
    capturedAmount: { centAmount: 1_000 },
    capturableAmount: { centAmount: 0 },
  });
  expect(await orderOf(orderId)).toMatchObject({ paymentStatus: 'PARTIALLY_PAID', totalPaid: { centAmount: 1_000 } });
});

test('a void releases the money, cancels the order, and puts its stock back on sale', async () => {
  const { orderId, paymentId, slug } = await authorizedOrder();
  await eventually(async () => expect(await available(slug)).toBe(3));
  const send = () =>
    staff.send<{ paymentVoid: { payment: { state: string } } }>('PaymentVoid', {
      paymentId,
      idempotencyKey: 'void-it-now',
    });
  expect((await send()).data.paymentVoid.payment.state).toBe('CANCELLED');
  expect((await send()).data.paymentVoid.payment.state).toBe('CANCELLED');
  await eventually(async () => {
    const order = await orderOf(orderId);
    expect(order).toMatchObject({ status: 'CANCELLED', paymentStatus: 'VOIDED', totalPaid: { centAmount: 0 } });
    expect(order.events.map((event) => event.type)).toEqual(expect.arrayContaining(['PAYMENT_VOIDED', 'CANCELLED']));
  });
  await eventually(async () => expect(await available(slug)).toBe(5));
});

test('cancelling an order whose money is authorized voids it', async () => {
  const { orderId } = await authorizedOrder();
  await staff.send('OrderCancel', { id: orderId, reason: 'Sold out', idempotencyKey: randomUUID() });
  await eventually(async () => {
    expect(await orderOf(orderId)).toMatchObject({ status: 'CANCELLED', paymentStatus: 'VOIDED' });
  });
});

test('capturing and voiding is for staff who may write payments', async () => {
  const { paymentId } = await authorizedOrder();
  const customer = await signedIn(shop, 'customer');
  for (const stranger of [guest, customer]) {
    for (const operation of ['PaymentCapture', 'PaymentVoid']) {
      const refused = stranger.send(operation, { paymentId, idempotencyKey: randomUUID() });
      await expect(refused).rejects.toMatchObject({
        errors: [{ code: expect.stringMatching(/^(UNAUTHENTICATED|FORBIDDEN)$/) }],
      });
    }
  }
  await customer.close();
});
