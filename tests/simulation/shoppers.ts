import { type Money, money } from '@souk/money';
import type { Viewer } from '@souk/runtime';
import { newContext, runInContext } from '@souk/runtime';
import { refundRequired } from '../../subgraphs/order/src/app/refundRequired.js';
import type { Cart } from './cartModel.js';
import type { Attempt } from './providerModel.js';
import { type OrderApp, PAYMENT_WINDOW_MS, type PaymentApp, type Service, type Shop } from './shop.js';
import type { World } from './world.js';

/** What one shopper wanted and what he knows. */
export interface Shopper {
  readonly name: string;
  readonly cart: Cart;
  readonly orders: Set<string>;
  busy: boolean;
}

const GUEST: Viewer = { kind: 'anonymous' };
const STAFF: Viewer = {
  kind: 'user',
  userId: 'usr_staff',
  sessionId: 'ses_staff',
  roles: ['staff'],
  scopes: ['orders:read', 'orders:write', 'payments:read', 'payments:write'],
};
const PATIENCE_MS = 20_000;
const TRIES = 6;

class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** A request over the network, which may get lost, arrive twice, or die with the process that it reached. */
function request<App, T>(
  world: World,
  shop: Shop,
  service: Service<App>,
  label: string,
  work: (app: App) => Promise<T>,
): Promise<T> {
  const { random, hostility } = world;
  const arrive = (): Promise<T> => runInContext(newContext('request'), () => shop.inProcess(service, work));
  const lost = world.hostile && random.chance(hostility.loss);
  return new Promise<T>((resolve, reject) => {
    let settled = false;
    const settle = (how: () => void): void => {
      if (!settled) how();
      settled = true;
    };
    world.at(PATIENCE_MS, () => settle(() => reject(new NoAnswer(label))));
    if (lost && random.chance(0.5)) return;
    if (world.hostile && random.chance(hostility.duplicate)) {
      world.faults.duplicated += 1;
      world.at(world.latencyMs(), () => void arrive().catch(() => undefined));
    }
    world.at(world.latencyMs(), () => {
      world.log(`-> ${label}`);
      arrive().then(
        (answer) => lost || world.at(world.latencyMs(), () => settle(() => resolve(answer))),
        (error: unknown) => world.at(world.latencyMs(), () => settle(() => reject(error))),
      );
    });
  });
}

/** Tries again with the same key until there is an answer that is one, or patience ends. */
async function insist<T>(
  world: World,
  ask: () => Promise<T>,
  isAnswer: (answer: T) => boolean,
): Promise<T | undefined> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    try {
      const answer = await ask();
      if (isAnswer(answer)) return answer;
    } catch (error) {
      world.log(`   no answer: ${String(error)}`);
    }
    await world.sleep(300 + world.random.below(4_000));
  }
  return undefined;
}

const TEMPORARY = new Set(['DEPENDENCY_UNAVAILABLE', 'PROVIDER_UNAVAILABLE', 'CONFLICT']);
type Answer = { readonly ok: boolean; readonly errors?: readonly { readonly code: string }[] };
const isFinal = (answer: Answer): boolean =>
  answer.ok || !(answer.errors ?? []).some(({ code }) => TEMPORARY.has(code));

/** Fills a cart and goes through a purchase the way people do: with retries, in two windows, too late, or not at all. */
export async function shopping(world: World, shop: Shop, shopper: Shopper): Promise<void> {
  const { random } = world;
  const { cart, name } = shopper;
  const viewer: Viewer =
    cart.customerId === null
      ? GUEST
      : { kind: 'user', userId: cart.customerId, sessionId: `ses_${name}`, roles: [], scopes: [] };
  await world.sleep(random.below(3_000));
  const orderId = await place(world, shop, shopper, viewer);
  if (orderId === undefined) return;

  if (random.chance(0.15)) later(world, shopper, 'cancel', () => cancel(world, shop, viewer, orderId, name));
  if (random.chance(0.15))
    later(world, shopper, 'staff cancels', () => cancel(world, shop, STAFF, orderId, `${name}-staff`));
  if (random.chance(0.25)) later(world, shopper, 'staff change the price', () => reprice(world, shop, orderId));
  if (random.chance(0.15)) return;
  if (random.chance(0.2)) await world.sleep(random.below(PAYMENT_WINDOW_MS + 30_000));

  const second = random.chance(0.15);
  if (second) later(world, shopper, 'second window', () => pay(world, shop, viewer, orderId, `${name}-second`));
  await pay(world, shop, viewer, orderId, `${name}-first`);
  if (random.chance(0.25)) await refund(world, shop, orderId, name);
  if (shop.provider.captureMethod === 'MANUAL') await captureOrVoid(world, shop, orderId, name);
}

function later(world: World, shopper: Shopper, what: string, work: () => Promise<unknown>): void {
  world.at(world.random.below(PAYMENT_WINDOW_MS * 1.5), () => {
    if (!shopper.busy && !world.hostile) return;
    world.log(`${shopper.name}: ${what}`);
    void work().catch(() => undefined);
  });
}

async function place(world: World, shop: Shop, shopper: Shopper, viewer: Viewer): Promise<string | undefined> {
  const { random } = world;
  const { cart, name } = shopper;
  const total: Money = money(cart.checkedOut.totalCents, cart.checkedOut.currencyCode);
  const command = {
    cartId: cart.id,
    cartVersion: random.chance(0.05) ? 99 : cart.version,
    expectedTotal: random.chance(0.05) ? money(total.centAmount + 1, total.currencyCode) : total,
    idempotencyKey: `key-${name}-1`,
    locale: 'en',
  };
  const ask = (key: string) => () =>
    request(world, shop, shop.order, `${name} places ${key}`, (app: OrderApp) =>
      app.placeOrder(viewer, { ...command, idempotencyKey: key }),
    );
  // Pressed twice, or in two windows under two keys.
  if (random.chance(0.2)) void ask(command.idempotencyKey)().catch(() => undefined);
  if (random.chance(0.1)) void insist(world, ask(`key-${name}-2`), isFinal).then((answer) => remember(shopper, answer));
  const answer = await insist(world, ask(command.idempotencyKey), isFinal);
  return remember(shopper, answer);
}

function remember(
  shopper: Shopper,
  answer: Awaited<ReturnType<OrderApp['placeOrder']>> | undefined,
): string | undefined {
  if (answer === undefined || !answer.ok) return undefined;
  shopper.orders.add(answer.order.id);
  return answer.order.id;
}

const cancel = (world: World, shop: Shop, viewer: Viewer, orderId: string, name: string) =>
  insist(
    world,
    () =>
      request(world, shop, shop.order, `${name} cancels`, (app: OrderApp) =>
        app.cancelOrder(viewer, { orderId, reason: null, idempotencyKey: `cancel-${name}` }),
      ),
    isFinal,
  );

const ATTEMPTS: readonly Attempt[] = ['PAYS', 'PAYS', 'PAYS', 'PAYS', 'DECLINED', 'NEEDS_ACTION', 'PROCESSES'];

/** Opens the payment and pays into it in the browser, perhaps after a refusal or two, perhaps never. */
async function pay(world: World, shop: Shop, viewer: Viewer, orderId: string, name: string): Promise<void> {
  const { random } = world;
  const command = {
    orderId,
    provider: 'stripe',
    idempotencyKey: `session-${name}`,
    returnUrl: null,
    savePaymentMethod: false,
    paymentMethodId: null,
  };
  const opened = await insist(
    world,
    () =>
      request(world, shop, shop.payment, `${name} opens a session`, (app: PaymentApp) =>
        app.openSession(viewer, command),
      ),
    isFinal,
  );
  const reference = opened?.ok ? opened.payment.providerReference : null;
  if (reference === null) return;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    await world.sleep(500 + random.below(random.chance(0.2) ? PAYMENT_WINDOW_MS : 8_000));
    if (random.chance(0.07)) return;
    const how = random.pick(ATTEMPTS);
    world.log(`${name} at the provider: ${how} ${reference}`);
    shop.provider.pay(reference, how);
    if (how === 'PAYS' || how === 'PROCESSES') return;
  }
}

/**
 * What an edit of the order comes to, once it is decided: another total while it waits for its payment, a lower one with money that goes
 * back afterwards (subgraphs/order/src/app/editChange.ts).
 */
async function reprice(world: World, shop: Shop, orderId: string): Promise<void> {
  const row = shop.orderTables.orders.get(orderId);
  if (row === undefined) return;
  const { order } = row;
  const confirmed = order.status === 'CONFIRMED' && order.paymentId !== null;
  if (order.status !== 'PENDING_PAYMENT' && !confirmed) return;
  const cents = (confirmed || world.random.chance(0.5) ? -1 : 1) * (1 + world.random.below(400));
  const version = order.version + 1;
  const after = { ...order, version, shippingCents: order.shippingCents + cents, totalCents: order.totalCents + cents };
  const now = new Date(world.now);
  const back = { paymentId: order.paymentId ?? '', centAmount: -cents, reason: 'ORDER_EDITED' as const };
  const published = confirmed ? [refundRequired(order, back, version, now)] : [];
  shop.orders.apply([{ before: order, after, timeline: [], published }]);
  world.log(`${orderId} costs ${after.totalCents} now, ${confirmed ? 'after it was paid' : 'before it is paid'}`);
}

/** Staff give back a part, or all, of what was paid. */
async function refund(world: World, shop: Shop, orderId: string, name: string): Promise<void> {
  await world.sleep(world.random.below(60_000));
  const payment = [...shop.paymentTables.payments.values()].find((one) => one.orderId === orderId);
  if (payment === undefined) return;
  const amount = world.random.chance(0.3) ? null : money(1 + world.random.below(700), payment.currencyCode);
  const command = { paymentId: payment.id, amount, reason: null, returnId: null, idempotencyKey: `refund-${name}` };
  await insist(
    world,
    () =>
      request(world, shop, shop.payment, `staff refund ${name}`, (app: PaymentApp) =>
        app.refundPayment(STAFF, command),
      ),
    isFinal,
  );
}

/** With manual capture: staff take the money when they ship, or give it up. */
async function captureOrVoid(world: World, shop: Shop, orderId: string, name: string): Promise<void> {
  await world.sleep(world.random.below(60_000));
  const payment = [...shop.paymentTables.payments.values()].find((one) => one.orderId === orderId);
  if (payment === undefined) return;
  const voids = world.random.chance(0.3);
  const key = { paymentId: payment.id, idempotencyKey: `capture-${name}` };
  await insist<Answer>(
    world,
    () =>
      request<PaymentApp, Answer>(world, shop, shop.payment, `staff ${voids ? 'void' : 'capture'} ${name}`, (app) =>
        voids ? app.voidPayment(key) : app.capturePayment(STAFF, { ...key, amount: null, final: true }),
      ),
    isFinal,
  );
}
