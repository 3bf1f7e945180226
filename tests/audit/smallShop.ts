import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '@souk/testkit';
import pg from 'pg';
import { createShopper, fillCart, payAtProvider, placeOrder, purchase, type Shopper } from '../../local/src/shopper.js';
import { type Stack, startStack } from '../../local/src/stack.js';
import { createProduct, uniqueEmail } from '../e2e/shop.js';

const ADMIN = { email: 'admin@test.example', password: 'correct horse battery staple' };
const PAYMENT_WINDOW_SECONDS = 8;

/** A shop in which a little of everything has happened, by the real services, and that is at rest now. */
export interface SmallShop {
  readonly env: Readonly<Record<string, string>>;
  /** Postgres, as superuser. */
  readonly adminUrl: string;
  readonly standIns: string;
  stop(): Promise<void>;
}

interface Session {
  paymentSessionCreate: { payment: { id: string; providerReference: string } };
}
interface Followed {
  order: { status: string; paymentStatus: string };
}

/** Starts a shop, buys, pays, cancels, refunds and lets orders lapse, waits for quiet, and stops the services; stores and stand-ins go on. */
export async function smallShop(dataDir: string): Promise<SmallShop> {
  const env = {
    LOG_LEVEL: 'warn',
    BOOTSTRAP_ADMIN_EMAIL: ADMIN.email,
    BOOTSTRAP_ADMIN_PASSWORD: ADMIN.password,
    ORDER_PAYMENT_WINDOW_SECONDS: String(PAYMENT_WINDOW_SECONDS),
  };
  const busy = await startStack({ dataDir, ports: 'random', env });
  try {
    await trade(busy);
    await eventsSettled(busy.env);
  } finally {
    await busy.stop();
  }
  const resting = await startStack({ dataDir, ports: 'random', env, only: ['postgres', 'redis', 'standIns'] });
  const { postgres } = JSON.parse(await readFile(join(dataDir, 'secrets.json'), 'utf8')) as { postgres: string };
  const adminUrl = new URL(resting.env.DATABASE_URL_ORDER as string);
  [adminUrl.username, adminUrl.password, adminUrl.pathname] = ['postgres', postgres, '/postgres'];
  return { env: resting.env, adminUrl: adminUrl.href, standIns: resting.urls.standIns, stop: () => resting.stop() };
}

async function trade({ urls }: Stack): Promise<void> {
  const guest = createShopper(urls.graphql);
  const staff = createShopper(urls.graphql);
  const session = await staff.send<{ sessionCreate: { accessToken: string } }>('SessionCreate', ADMIN);
  staff.setToken(session.data.sessionCreate.accessToken);
  const [lamp, chair] = [
    await createProduct(staff, { onHand: 100, name: 'Lamp' }),
    await createProduct(staff, { onHand: 40, centAmount: 4_900, name: 'Chair' }),
  ];
  const lines = [
    { variantId: lamp.variantId, quantity: 2 },
    { variantId: chair.variantId, quantity: 1 },
  ];
  const buy = (shopper = guest) => purchase(shopper, urls.standIns, { lines, email: uniqueEmail() });

  await buy();
  const [returned, partly] = [await buy(staff), await buy()];
  await withCoupon(guest, staff, urls.standIns, lines);
  const lapsed = await unpaid(guest, urls.standIns, lines);
  await withReturns(guest, staff, (await buy()).orderId);
  await staff.send('OrderCancel', { id: returned.orderId, reason: null, idempotencyKey: randomUUID() });
  await staff.send('RefundCreate', {
    input: {
      paymentId: partly.paymentId,
      amount: { centAmount: 500, currencyCode: 'EUR' },
      reason: 'Scratched',
      idempotencyKey: randomUUID(),
    },
  });
  await sendBack(guest, staff, (await buy()).orderId);
  await makeCheaper(staff, (await buy()).orderId);
  await makeDearer(guest, staff, urls.standIns, (await buy()).orderId, chair.variantId);
  await makeDearer(guest, staff, undefined, (await buy()).orderId, lamp.variantId);
  const follow = async (id: string) => (await staff.send<Followed>('Order', { id })).data.order;
  await eventually(async () => expect((await follow(lapsed)).status).toBe('EXPIRED'), { timeoutMs: 25_000 });
  await eventually(async () => expect((await follow(returned.orderId)).paymentStatus).toBe('REFUNDED'), {
    timeoutMs: 15_000,
  });
  await eventually(async () => expect((await follow(partly.orderId)).paymentStatus).toBe('PARTIALLY_REFUNDED'), {
    timeoutMs: 15_000,
  });
  await Promise.all([guest.close(), staff.close()]);
}

/** Waits until every event of orders and payments has been applied by everyone. */
async function eventsSettled(env: Readonly<Record<string, string>>): Promise<void> {
  for (const url of [env.DATABASE_URL_ORDER, env.DATABASE_URL_PAYMENT]) {
    const client = new pg.Client({ connectionString: url as string });
    await client.connect();
    try {
      await eventually(
        async () => {
          const { rows } = await client.query('SELECT type FROM outbox_event WHERE settled_at IS NULL');
          expect(rows).toEqual([]);
        },
        { timeoutMs: 30_000 },
      );
    } finally {
      await client.end();
    }
  }
}

type Lines = Parameters<typeof fillCart>[1]['lines'];

async function openSession(shopper: Shopper, orderId: string): Promise<string> {
  const input = { orderId, provider: 'stripe', idempotencyKey: randomUUID() };
  const sent = await shopper.send<Session>('PaymentSessionCreate', { input });
  return sent.data.paymentSessionCreate.payment.providerReference;
}

interface Details {
  order: { version: number; lines: { id: string; quantity: number }[] };
}
const linesOf = async (staff: Shopper, id: string) => (await staff.send<Details>('OrderDetails', { id })).data.order;

/** A parcel is shipped and arrives, a part of it comes back, and its money goes back. */
async function sendBack(guest: Shopper, staff: Shopper, orderId: string): Promise<void> {
  const { lines } = await linesOf(staff, orderId);
  const parcel = await staff.send<{ fulfillmentCreate: { fulfillment: { id: string } } }>('FulfillmentCreate', {
    orderId,
    lines: lines.map(({ id, quantity }) => ({ lineId: id, quantity })),
    trackingNumber: 'JJD0001',
    carrier: 'DHL',
    idempotencyKey: randomUUID(),
  });
  await staff.send('FulfillmentDeliver', { id: parcel.data.fulfillmentCreate.fulfillment.id });
  const lineId = lines[0]?.id as string;
  const asked = await guest.send<{ returnRequest: { return: { id: string } } }>('ReturnRequest', {
    input: { orderId, lines: [{ lineId, quantity: 1 }], reason: 'SIZE', note: null, idempotencyKey: randomUUID() },
  });
  const { id } = asked.data.returnRequest.return;
  await staff.send('ReturnApprove', { id });
  await staff.send('ReturnReceive', { id, lines: [{ lineId, accepted: 1, rejected: 0, restock: true }] });
}

interface Edited {
  orderEdit: { edit: { id: string; state: string } };
}

/** One unit less: what it cost goes back. */
async function makeCheaper(staff: Shopper, orderId: string): Promise<void> {
  const { version, lines } = await linesOf(staff, orderId);
  const setQuantities = [{ lineId: lines[0]?.id, quantity: 1 }];
  const input = { orderId, orderVersion: version, setQuantities, idempotencyKey: randomUUID() };
  const edited = await staff.send<Edited>('OrderEdit', { input });
  expect(edited.data.orderEdit.edit.state).toBe('APPLIED');
}

/** One unit more, which the customer pays; or does not, without a provider to pay at: then it goes on waiting. */
async function makeDearer(
  guest: Shopper,
  staff: Shopper,
  standIns: string | undefined,
  orderId: string,
  variantId: string,
): Promise<void> {
  const { version } = await linesOf(staff, orderId);
  const input = {
    orderId,
    orderVersion: version,
    addLines: [{ variantId, quantity: 1 }],
    idempotencyKey: randomUUID(),
  };
  const edited = await staff.send<Edited>('OrderEdit', { input });
  expect(edited.data.orderEdit.edit.state).toBe('AWAITING_PAYMENT');
  if (standIns !== undefined) await payAtProvider(standIns, await openSession(guest, orderId));
}

/** A purchase with a discount code. */
async function withCoupon(guest: Shopper, staff: Shopper, standIns: string, lines: Lines): Promise<void> {
  const input = {
    name: 'Ten percent',
    code: 'TEN',
    kind: 'PERCENT_OFF_ORDER',
    value: 10,
    usageLimit: 5,
    isActive: true,
  };
  await staff.send('PromotionCreate', { input: { ...input, perCustomerLimit: 1 } });
  const { cart } = await fillCart(guest, { lines, email: uniqueEmail() });
  interface Discounted {
    cartDiscountCodesUpdate: { cart: typeof cart };
  }
  const sent = await guest.send<Discounted>('CartDiscountCodesUpdate', { cartId: cart.id, codes: ['TEN'] });
  const placed = await placeOrder(guest, sent.data.cartDiscountCodesUpdate.cart);
  await payAtProvider(standIns, await openSession(guest, placed.data.orderPlace.order.id));
}

/** An order whose card is declined and that nobody pays. */
async function unpaid(guest: Shopper, standIns: string, lines: Lines): Promise<string> {
  const { cart } = await fillCart(guest, { lines, email: uniqueEmail() });
  const { id } = (await placeOrder(guest, cart)).data.orderPlace.order;
  const intent = await openSession(guest, id);
  await payAtProvider(standIns, intent, 'pm_card_chargeDeclined').catch(() => undefined);
  return id;
}

interface Whole {
  order: { lines: { id: string }[]; returns: { id: string; status: string }[] };
}

/** Delivers an order in two parcels; one lamp comes back, the other one is exchanged for a bulb, the chair's exchange is still awaited. */
async function withReturns(guest: Shopper, staff: Shopper, orderId: string): Promise<void> {
  const bulb = await createProduct(staff, { onHand: 10, centAmount: 900, name: 'Bulb' });
  const read = async () => (await guest.send<Whole>('Order', { id: orderId })).data.order;
  const [lamp, chair] = (await read()).lines;
  const ship = async (lineId: string | undefined, quantity: number) => {
    const lines = [{ lineId, quantity }];
    interface Shipped {
      fulfillmentCreate: { fulfillment: { id: string } };
    }
    const sent = await staff.send<Shipped>('FulfillmentCreate', { orderId, lines, idempotencyKey: randomUUID() });
    await staff.send('FulfillmentDeliver', { id: sent.data.fulfillmentCreate.fulfillment.id });
  };
  await ship(lamp?.id, 2);
  await ship(chair?.id, 1);
  const sendBack = async (lineId: string | undefined, exchangeVariantId: string | null) => {
    interface Asked {
      returnRequest: { return: { id: string } };
    }
    const lines = [{ lineId, quantity: 1, exchangeVariantId }];
    const input = { orderId, lines, reason: 'UNWANTED', idempotencyKey: randomUUID() };
    const { id } = (await guest.send<Asked>('ReturnRequest', { input })).data.returnRequest.return;
    await staff.send('ReturnApprove', { id });
    return id;
  };
  const refunded = await sendBack(lamp?.id, null);
  await staff.send('ReturnReceive', { id: refunded, lines: [{ lineId: lamp?.id, accepted: 1 }], refundShipping: true });
  const exchanged = await sendBack(lamp?.id, bulb.variantId);
  await staff.send('ReturnReceive', { id: exchanged, lines: [{ lineId: lamp?.id, accepted: 1 }] });
  await sendBack(chair?.id, bulb.variantId);
  await eventually(
    async () => expect((await read()).returns.map(({ status }) => status)).toEqual(['CLOSED', 'CLOSED', 'APPROVED']),
    { timeoutMs: 20_000 },
  );
}
