import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '@souk/testkit';
import {
  createShopper,
  EXAMPLE_ADDRESS,
  fillCart,
  payAtProvider,
  placeOrder,
  purchase,
  type Shopper,
} from '../../local/src/shopper.js';
import { createProduct, mailsTo, type Shop, shopOfRun, signedIn, uniqueEmail } from './shop.js';

let shop: Shop;
let staff: Shopper;
let guest: Shopper;
beforeAll(async () => {
  shop = await shopOfRun();
  staff = await signedIn(shop, 'staff');
  guest = createShopper(shop.urls.graphql as string);
}, 120_000);
afterAll(async () => {
  await Promise.all([staff?.close(), guest?.close()]);
});

interface OrderView {
  order: {
    id: string;
    status: string;
    paymentStatus: string;
    total: { centAmount: number };
    totalPaid: { centAmount: number };
    lines: { quantity: number; productName: string; unitPrice: { centAmount: number } }[];
    events: { type: string }[];
    allowedActions: string[];
  };
}
interface PageView {
  product: { variants: { quantityAvailable: number }[] };
}

test('a guest browses, fills a cart, orders, pays, follows the order, and gets one confirmation mail', async () => {
  const product = await createProduct(staff, { onHand: 10, centAmount: 2_500, name: 'Oak stool' });
  const email = uniqueEmail();
  const bought = await purchase(guest, shop.urls.standIns as string, {
    lines: [{ variantId: product.variantId, quantity: 3 }],
    email,
  });
  const { data } = await guest.send<OrderView>('Order', { id: bought.orderId });
  expect(data.order).toMatchObject({
    status: 'CONFIRMED',
    paymentStatus: 'PAID',
    lines: [{ quantity: 3, productName: 'Oak stool', unitPrice: { centAmount: 2_500 } }],
  });
  expect(data.order.totalPaid).toEqual(data.order.total);
  expect(data.order.events.map((event) => event.type)).toEqual(
    expect.arrayContaining(['PLACED', 'PAYMENT_CAPTURED', 'CONFIRMED']),
  );

  await eventually(async () => {
    const subjects = (await mailsTo(shop, email)).map((mail) => mail.subject);
    expect(subjects.filter((subject) => /confirm/i.test(subject))).toHaveLength(1);
  });
  await eventually(async () => {
    const page = await guest.send<PageView>('ProductPage', { slug: product.slug });
    expect(page.data.product.variants[0]?.quantityAvailable).toBe(7);
  });
});

test('a new customer registers, signs in, buys, and finds the order with its products in the history', async () => {
  const product = await createProduct(staff, { onHand: 5, name: 'Linen shirt' });
  const email = uniqueEmail('customer');
  const password = 'correct horse battery staple';
  const customer = createShopper(shop.urls.graphql as string);
  await customer.send('AccountRegister', { input: { email, password, firstName: 'Grace' } });
  interface Session {
    sessionCreate: { accessToken: string; refreshToken: string };
  }
  const first = await customer.send<Session>('SessionCreate', { email, password });
  customer.setToken(first.data.sessionCreate.accessToken);
  const refreshed = await customer.send<{ sessionRefresh: { accessToken: string } }>('SessionRefresh', {
    refreshToken: first.data.sessionCreate.refreshToken,
  });
  customer.setToken(refreshed.data.sessionRefresh.accessToken);
  const me = await customer.send<{ me: { email: string; firstName: string } }>('Me');
  expect(me.data.me).toMatchObject({ email, firstName: 'Grace' });

  const bought = await purchase(customer, shop.urls.standIns as string, {
    lines: [{ variantId: product.variantId, quantity: 1 }],
    email,
  });
  interface History {
    me: {
      orders: {
        totalCount: number;
        nodes: {
          id: string;
          status: string;
          paymentStatus: string;
          lines: { variant: { product: { slug: string } } }[];
          events: unknown[];
        }[];
      };
    };
  }
  const { data } = await customer.send<History>('OrderHistory', { first: 10 });
  expect(data.me.orders.totalCount).toBe(1);
  expect(data.me.orders.nodes[0]).toMatchObject({
    id: bought.orderId,
    status: 'CONFIRMED',
    paymentStatus: 'PAID',
    lines: [{ variant: { product: { slug: product.slug } } }],
  });
  expect(data.me.orders.nodes[0]?.events.length).toBeGreaterThan(2);
  await customer.close();
});

test('a cart built step by step can be ordered', async () => {
  const [one, two] = await Promise.all([createProduct(staff, { onHand: 5 }), createProduct(staff, { onHand: 5 })]);
  interface CartView {
    id: string;
    version: number;
    lines: { id: string; quantity: number }[];
    cost: { total: { centAmount: number; currencyCode: string } };
  }
  const created = await guest.send<{ cartCreate: { cart: CartView } }>('CartCreate', { input: {} });
  const cartId = created.data.cartCreate.cart.id;
  const added = await guest.send<{ cartLinesAdd: { cart: CartView } }>('CartLinesAdd', {
    cartId,
    lines: [
      { variantId: one.variantId, quantity: 2 },
      { variantId: two.variantId, quantity: 1 },
    ],
  });
  const [first, second] = added.data.cartLinesAdd.cart.lines;
  await guest.send('CartLinesUpdate', { cartId, lines: [{ id: first?.id, quantity: 4 }] });
  await guest.send('CartLinesRemove', { cartId, lineIds: [second?.id] });
  await guest.send('CartBuyerIdentityUpdate', { cartId, email: uniqueEmail(), countryCode: 'DE' });
  await guest.send('CartAddressesUpdate', { cartId, shipping: EXAMPLE_ADDRESS });
  await guest.send('CartShippingMethodUpdate', { cartId, shippingMethodId: 'standard' });
  const { data } = await guest.send<{ cart: CartView }>('Cart', { id: cartId });
  expect(data.cart.lines.map((line) => line.quantity)).toEqual([4]);
  const placed = await placeOrder(guest, data.cart);
  expect(placed.data.orderPlace.order.number).toBeTruthy();
});

test('who waits for an order to be paid is told when it is, without asking again and again', async () => {
  const product = await createProduct(staff, { onHand: 4 });
  const { cart } = await fillCart(guest, {
    lines: [{ variantId: product.variantId, quantity: 1 }],
    email: uniqueEmail(),
  });
  const { id } = (await placeOrder(guest, cart)).data.orderPlace.order;
  const opened = await guest.send<{ paymentSessionCreate: { payment: { providerReference: string } } }>(
    'PaymentSessionCreate',
    { input: { orderId: id, provider: 'stripe', idempotencyKey: `waiting-${id}` } },
  );
  const wait = () => guest.send<{ order: { status: string } }>('OrderStatus', { id, waitWhile: 'PENDING_PAYMENT' });

  const unpaid = await wait();
  expect(unpaid.data.order.status).toBe('PENDING_PAYMENT');
  expect(unpaid.milliseconds).toBeGreaterThanOrEqual(2_990);

  const answer = wait();
  await delay(100);
  await payAtProvider(shop.urls.standIns as string, opened.data.paymentSessionCreate.payment.providerReference);
  let paid = await answer;
  while (paid.data.order.status === 'PENDING_PAYMENT') {
    expect(paid.milliseconds).toBeGreaterThanOrEqual(2_990);
    paid = await wait();
  }
  expect(paid.data.order.status).toBe('CONFIRMED');
  expect((await wait()).milliseconds).toBeLessThan(2_990);
}, 60_000);

test('pressing Place order twice with one key gives one order', async () => {
  const product = await createProduct(staff, { onHand: 4 });
  const { cart } = await fillCart(guest, {
    lines: [{ variantId: product.variantId, quantity: 1 }],
    email: uniqueEmail(),
  });
  const key = `twice-${cart.id}`;
  const answers = await Promise.allSettled([
    placeOrder(guest, cart, key),
    placeOrder(guest, cart, key),
    placeOrder(guest, cart, key),
  ]);
  const again = await placeOrder(guest, cart, key);
  const ids = answers.flatMap((answer) =>
    answer.status === 'fulfilled' ? [answer.value.data.orderPlace.order.id] : [],
  );
  expect(new Set([...ids, again.data.orderPlace.order.id]).size).toBe(1);
  const page = await guest.send<PageView>('ProductPage', { slug: product.slug });
  expect(page.data.product.variants[0]?.quantityAvailable).toBe(3);
});

test('200 shoppers and 50 units give exactly 50 orders and 150 clear refusals', async () => {
  const product = await createProduct(staff, { onHand: 50 });
  const shopper = createShopper(shop.urls.graphql as string, { connections: 50 });
  const carts = await Promise.all(
    Array.from({ length: 200 }, () =>
      fillCart(shopper, { lines: [{ variantId: product.variantId, quantity: 1 }], email: uniqueEmail() }),
    ),
  );
  const answers = await Promise.allSettled(carts.map(({ cart }) => placeOrder(shopper, cart)));
  const placed = answers.filter((answer) => answer.status === 'fulfilled');
  const codes = answers.flatMap((answer) =>
    answer.status === 'rejected' ? answer.reason.errors.map((error: { code: string }) => error.code) : [],
  );
  expect(placed).toHaveLength(50);
  expect(codes).toHaveLength(150);
  expect(new Set(codes)).toEqual(new Set(['INSUFFICIENT_STOCK']));
  await shopper.close();
}, 60_000);

test('a webhook that is delivered three times more gives one payment and one mail', async () => {
  const product = await createProduct(staff, { onHand: 5 });
  const email = uniqueEmail();
  const bought = await purchase(guest, shop.urls.standIns as string, {
    lines: [{ variantId: product.variantId, quantity: 1 }],
    email,
  });
  const about = `type=payment_intent.succeeded&about=${bought.intentId}`;
  const response = await fetch(`${shop.urls.standIns}/control/events?${about}`);
  const [captured] = ((await response.json()) as { events: { id: string }[] }).events;
  const again = await fetch(`${shop.urls.standIns}/control/events/${captured?.id}/deliver`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"times":3}',
  });
  expect(again.status).toBe(202);
  await delay(500);
  const { data } = await guest.send<OrderView>('Order', { id: bought.orderId });
  expect(data.order.totalPaid).toEqual(data.order.total);
  expect(data.order.events.filter((event) => event.type === 'CONFIRMED')).toHaveLength(1);
  await eventually(async () => {
    expect((await mailsTo(shop, email)).filter((mail) => /confirm/i.test(mail.subject))).toHaveLength(1);
  });
});
