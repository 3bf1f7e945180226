import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '@souk/testkit';
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
  await staff.send('OrderCancel', { id: returned.orderId, reason: null, idempotencyKey: randomUUID() });
  await staff.send('RefundCreate', {
    input: {
      paymentId: partly.paymentId,
      amount: { centAmount: 500, currencyCode: 'EUR' },
      reason: 'Scratched',
      idempotencyKey: randomUUID(),
    },
  });
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

type Lines = Parameters<typeof fillCart>[1]['lines'];

async function openSession(shopper: Shopper, orderId: string): Promise<string> {
  const input = { orderId, provider: 'stripe', idempotencyKey: randomUUID() };
  const sent = await shopper.send<Session>('PaymentSessionCreate', { input });
  return sent.data.paymentSessionCreate.payment.providerReference;
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
