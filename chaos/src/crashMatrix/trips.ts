import { randomUUID } from 'node:crypto';
import { createRandom } from '@souk/local/demoData/random';
import { Refused } from '@souk/local/shopper';
import type { FailpointName } from '@souk/runtime';
import type { ChaosShop } from '../shop/chaosShop.js';
import { addUnit } from '../shoppers/afterSales.js';
import { cancel, fillCart, follow, type Mall, openPayment, type Purchase, place } from '../shoppers/shop.js';

/** A journey that passes a failpoint, and how it has to end however often processes die on the way. */
interface Trip {
  readonly goes: (mall: Mall, purchase: Purchase, shop: ChaosShop) => Promise<void>;
  /** Of the order; null: there is none. */
  readonly endsAs: string | null;
  /** It takes a shop with other settings than the usual ones. */
  readonly inShopThat?: ShopKind;
}

/** Settings of the services under which journeys are made. */
export const SHOP_KINDS = {
  'captures by itself': { STRIPE_CAPTURE_METHOD: 'automatic' },
  'captures by hand': { STRIPE_CAPTURE_METHOD: 'manual' },
} as const;
export type ShopKind = keyof typeof SHOP_KINDS;

/** A process on its way may be away again and again. */
export const PATIENCE_MS = 180_000;
/** Longer than what runs takes, when it does not hang. */
const A_WHILE_AGO = `now() - interval '400 milliseconds'`;

async function order(mall: Mall, purchase: Purchase): Promise<string> {
  await place(mall, purchase, await fillCart(mall, purchase, createRandom(purchase.index)));
  return openPayment(mall, purchase);
}

async function pay(mall: Mall, purchase: Purchase, intentId: string): Promise<void> {
  purchase.paid = await mall.browser.pay(intentId, 'pm_card_visa');
}

export const TRIPS = {
  buys: {
    endsAs: 'CONFIRMED',
    async goes(mall, purchase) {
      await pay(mall, purchase, await order(mall, purchase));
      await follow(mall, purchase, ['CONFIRMED'], PATIENCE_MS);
    },
  },
  'sees another price than it pays': {
    endsAs: null,
    async goes(mall, purchase) {
      const cart = await fillCart(mall, purchase, createRandom(purchase.index));
      const { centAmount, currencyCode } = cart.cost.total;
      const seen = { ...cart, cost: { total: { centAmount: centAmount - 1, currencyCode } } };
      const refused = await place(mall, purchase, seen).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (!(refused instanceof Refused)) throw refused ?? new Error('an order was placed at another price');
    },
  },
  'cancels before paying': {
    endsAs: 'CANCELLED',
    async goes(mall, purchase) {
      await order(mall, purchase);
      await cancel(mall, purchase);
    },
  },
  'cancels what it has paid': {
    endsAs: 'CANCELLED',
    async goes(mall, purchase) {
      await pay(mall, purchase, await order(mall, purchase));
      await follow(mall, purchase, ['CONFIRMED'], PATIENCE_MS);
      await cancel(mall, purchase);
    },
  },
  'pays at the last moment': {
    endsAs: 'CONFIRMED',
    async goes(mall, purchase, shop) {
      const intentId = await order(mall, purchase);
      // The order expires first, and its money comes then: its stock is sold to it after all. Nobody tells payment, and it does not look.
      await shop.databases.query(
        'payment',
        `UPDATE payment SET reconcile_at = now() + interval '5 minutes' WHERE order_id = $1`,
        [purchase.orderId],
      );
      await quietly(shop, () => mall.browser.pay(intentId, 'pm_card_visa'));
      await shop.databases.query('order', 'UPDATE orders SET payment_due_at = now() WHERE id = $1', [purchase.orderId]);
      // Payment, which cancels with the order, may find the money before the shopper has looked.
      await follow(mall, purchase, ['EXPIRED', 'CONFIRMED'], PATIENCE_MS);
      await webhooks(shop, false);
      await follow(mall, purchase, ['CONFIRMED'], PATIENCE_MS);
    },
  },
  'has an article added': {
    endsAs: 'CONFIRMED',
    async goes(mall, purchase) {
      await pay(mall, purchase, await order(mall, purchase));
      await follow(mall, purchase, ['CONFIRMED'], PATIENCE_MS);
      await addArticle(mall, purchase);
    },
  },
  'has an edit undone by the sweeper, and made again': {
    endsAs: 'CONFIRMED',
    async goes(mall, purchase, shop) {
      await pay(mall, purchase, await order(mall, purchase));
      await follow(mall, purchase, ['CONFIRMED'], PATIENCE_MS);
      await whileLeasesEnd(
        shop,
        `order_edit SET lease_until = now() WHERE state IN ('PREPARING', 'UNDOING') AND created_at < ${A_WHILE_AGO}`,
        () => addArticle(mall, purchase),
      );
    },
  },
  'is captured by staff': {
    endsAs: 'CONFIRMED',
    inShopThat: 'captures by hand',
    async goes(mall, purchase) {
      await pay(mall, purchase, await order(mall, purchase));
      await follow(mall, purchase, ['CONFIRMED'], PATIENCE_MS);
      await mall.staff.send('PaymentCapture', {
        paymentId: purchase.paymentId,
        idempotencyKey: `capture-${randomUUID()}`,
      });
    },
  },
  'has its order placed by the sweeper': {
    endsAs: 'CONFIRMED',
    async goes(mall, purchase, shop) {
      const intentId = await whileLeasesEnd(
        shop,
        `placement SET lease_until = now() WHERE step = 'RUNNING' AND updated_at < ${A_WHILE_AGO}`,
        () => order(mall, purchase),
      );
      await pay(mall, purchase, intentId);
      await follow(mall, purchase, ['CONFIRMED'], PATIENCE_MS);
    },
  },
} as const satisfies Readonly<Record<string, Trip>>;

export type TripName = keyof typeof TRIPS;

/** By which journey each failpoint is passed. */
export const TRIP_OF: Readonly<Record<FailpointName, TripName>> = {
  'order.placement.afterClaim': 'buys',
  'order.placement.afterCheckout': 'buys',
  'order.placement.afterReserve': 'buys',
  'order.placement.afterCommit': 'buys',
  'order.placement.beforeUndo': 'sees another price than it pays',
  'order.placement.afterStartUndo': 'sees another price than it pays',
  'order.placement.afterUndo': 'sees another price than it pays',
  'order.resume.afterTakeOver': 'has its order placed by the sweeper',
  'order.apply.before': 'buys',
  'order.apply.after': 'buys',
  'order.edit.afterClaim': 'has an article added',
  'order.edit.afterReserve': 'has an article added',
  'order.edit.afterUndo': 'has an edit undone by the sweeper, and made again',
  'order.capture.afterSell': 'pays at the last moment',
  'product.stock.afterReserve': 'buys',
  'product.stock.afterRelease': 'sees another price than it pays',
  'product.stock.afterCommit': 'buys',
  'cart.checkout.afterLock': 'buys',
  'cart.checkout.afterRelease': 'sees another price than it pays',
  'payment.session.beforeProvider': 'buys',
  'payment.session.afterProvider': 'buys',
  'payment.session.afterApply': 'buys',
  'payment.webhook.beforeStore': 'buys',
  'payment.webhook.afterStore': 'buys',
  'payment.webhook.beforeApply': 'buys',
  'payment.apply.before': 'buys',
  'payment.apply.after': 'buys',
  'payment.capture.beforeProvider': 'is captured by staff',
  'payment.capture.afterProvider': 'is captured by staff',
  'payment.refund.beforeProvider': 'cancels what it has paid',
  'payment.refund.afterProvider': 'cancels what it has paid',
  'payment.cancel.beforeProvider': 'cancels before paying',
  'payment.cancel.afterProvider': 'cancels before paying',
  'payment.settle.afterTake': 'cancels before paying',
  'outbox.relay.afterClaim': 'buys',
  'outbox.relay.afterSend': 'buys',
  'outbox.settle.afterReceive': 'buys',
  'outbox.settle.afterApply': 'buys',
  'outbox.consumer.beforeHandler': 'cancels what it has paid',
  'outbox.consumer.afterHandler': 'cancels what it has paid',
  'notification.delivery.afterRecord': 'buys',
  'notification.delivery.afterProvider': 'buys',
  'notification.delivery.afterFinish': 'buys',
};

export const shopKindOf = (failpoint: FailpointName): ShopKind => {
  const trip: Trip = TRIPS[TRIP_OF[failpoint]];
  return trip.inShopThat ?? 'captures by itself';
};

/** What must happen to a process for it to come by a failpoint that it passes only after a mishap. */
export const LED_BY: Partial<Record<FailpointName, string>> = {
  'order.resume.afterTakeOver': 'order.placement.afterCheckout=hang@1',
  'order.edit.afterUndo': 'order.edit.afterReserve=hang@1',
};

/** Lets webhooks wait, so that nobody but the shopper and the provider know of what is done meanwhile. */
async function quietly(shop: ChaosShop, work: () => Promise<unknown>): Promise<void> {
  await webhooks(shop, true);
  await work();
}

async function webhooks(shop: ChaosShop, paused: boolean): Promise<void> {
  await fetch(`${shop.standIns}/control/webhooks`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ paused }),
  });
}

async function addArticle(mall: Mall, purchase: Purchase): Promise<void> {
  if (!(await addUnit(mall, purchase, mall.catalogue.plenty[0] ?? ''))) throw new Error('the edit was refused');
  await mall.browser.pay(await openPayment(mall, purchase), 'pm_card_visa');
}

/** Ends the leases of what hangs as soon as it hangs, so that the sweeper comes at once and not seconds later. */
async function whileLeasesEnd<T>(shop: ChaosShop, leases: string, work: () => Promise<T>): Promise<T> {
  const ending = setInterval(() => {
    shop.databases.query('order', `UPDATE ${leases}`).catch(() => undefined);
  }, 250);
  try {
    return await work();
  } finally {
    clearInterval(ending);
  }
}
