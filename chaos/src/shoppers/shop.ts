import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '@souk/local/demoData/random';
import { EXAMPLE_ADDRESS, Refused } from '@souk/local/shopper';
import type { Browser, IntentStatus } from './browser.js';
import type { Catalogue } from './catalogue.js';
import type { Patient } from './patient.js';

/** What the shoppers have at hand. */
export interface Mall {
  readonly guest: Patient;
  readonly staff: Patient;
  readonly browser: Browser;
  readonly catalogue: Catalogue;
  readonly paymentWindowMs: number;
}

/** One purchase as its shopper saw it. */
export interface Purchase {
  readonly index: number;
  readonly kind: string;
  readonly email: string;
  cartId?: string;
  orderId?: string;
  /** Other orders that were answered under the same key: there must be none. */
  readonly otherOrders: string[];
  paymentId?: string;
  intentId?: string;
  /** How the payment stood when the shopper last looked. */
  paid?: IntentStatus;
  /** The last status of the order that the shopper was told. */
  told?: string;
  cancelled?: boolean;
  /** A refusal that ended it, or what the shopper gave up on. */
  ended?: string;
}

interface Cart {
  readonly id: string;
  readonly version: number;
  readonly cost: { readonly total: { readonly centAmount: number; readonly currencyCode: string } };
}

/** Fills a cart as this shopper likes it; one in four has a code (where there are any), one in five wants what is scarce. */
export async function fillCart(mall: Mall, purchase: Purchase, random: Random): Promise<Cart> {
  const { plenty, scarce, codes } = mall.catalogue;
  const wanted = random.take(plenty, random.between(1, 2));
  if (scarce.length > 0 && random.next() < 0.2) wanted.push(random.pick(scarce));
  const input = {
    lines: random.shuffle(wanted).map((variantId) => ({ variantId, quantity: random.between(1, 2) })),
    email: purchase.email,
    countryCode: 'DE',
    shippingAddress: { ...EXAMPLE_ADDRESS, ...(random.next() < 0.3 ? { phone: '+493012345678' } : {}) },
    shippingMethodId: 'standard',
    ...(codes.length > 0 && random.next() < 0.25 ? { discountCodes: [random.pick(codes)] } : {}),
  };
  const { cartCreate } = await mall.guest.send<{ cartCreate: { cart: Cart } }>('CartCreate', { input });
  purchase.cartId = cartCreate.cart.id;
  return cartCreate.cart;
}

/** Presses "Place order", so many times at once, with one key. */
export async function place(mall: Mall, purchase: Purchase, cart: Cart, presses = 1): Promise<string> {
  const { centAmount, currencyCode } = cart.cost.total;
  const input = {
    cartId: cart.id,
    cartVersion: cart.version,
    expectedTotal: { centAmount, currencyCode },
    idempotencyKey: `place-${randomUUID()}`,
  };
  const answers = await Promise.allSettled(
    Array.from({ length: presses }, () =>
      mall.guest.send<{ orderPlace: { order: { id: string; status: string } } }>('OrderPlace', { input }),
    ),
  );
  const ids = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value.orderPlace.order.id] : []));
  const [orderId, ...others] = new Set(ids);
  purchase.otherOrders.push(...others);
  if (orderId === undefined) throw (answers[0] as PromiseRejectedResult).reason;
  purchase.orderId = orderId;
  return orderId;
}

/** Opens the payment of the order, so many times at once, with one key. */
export async function openPayment(
  mall: Mall,
  purchase: Pick<Purchase, 'orderId' | 'paymentId' | 'intentId'>,
  presses = 1,
): Promise<string> {
  const input = { orderId: purchase.orderId, provider: 'stripe', idempotencyKey: `session-${randomUUID()}` };
  const answers = await Promise.all(
    Array.from({ length: presses }, () =>
      mall.guest.send<{ paymentSessionCreate: { payment: { id: string; providerReference: string } } }>(
        'PaymentSessionCreate',
        { input },
      ),
    ),
  );
  const [first] = answers;
  if (first === undefined) throw new Error('no payment was asked for');
  const { id, providerReference } = first.paymentSessionCreate.payment;
  purchase.paymentId = id;
  purchase.intentId = providerReference;
  return providerReference;
}

/** Looks at the order until it is in one of these states. */
export async function follow(mall: Mall, purchase: Purchase, until: readonly string[], patienceMs = 90_000) {
  for (const deadline = Date.now() + patienceMs; ; ) {
    const { order } = await mall.guest.send<{ order: { status: string } | null }>('OrderStatus', {
      id: purchase.orderId,
      waitWhile: purchase.told,
    });
    if (order === null) throw new Error(`order ${purchase.orderId} is not there any more`);
    purchase.told = order.status;
    if (until.includes(order.status)) return order.status;
    if (Date.now() > deadline) {
      purchase.ended = `gave up waiting while ${order.status}`;
      return order.status;
    }
    await delay(150 + Math.random() * 150);
  }
}

/** Answers true when the order is cancelled, false when it cannot be (any more). */
export async function cancel(mall: Mall, purchase: Purchase): Promise<boolean> {
  const variables = { id: purchase.orderId, idempotencyKey: `cancel-${randomUUID()}` };
  try {
    await mall.guest.send('OrderCancel', variables);
    purchase.cancelled = true;
    return true;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return false;
  }
}
