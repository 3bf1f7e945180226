import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { createRandom, type Random } from '@souk/local/demoData/random';
import { Refused } from '@souk/local/shopper';
import { addUnit, cancelUnit, sendBack, ship } from './afterSales.js';
import { OutOfPatience } from './patient.js';
import { cancel, fillCart, follow, type Mall, openPayment, type Purchase, place } from './shop.js';

type Habit = (mall: Mall, purchase: Purchase, random: Random) => Promise<void>;

const VISA = 'pm_card_visa';
const DECLINED = [
  'pm_card_chargeDeclined',
  'pm_card_chargeDeclinedInsufficientFunds',
  'pm_card_chargeDeclinedExpiredCard',
];
/** What an order that was paid may become: confirmed, or cancelled (by its shopper), or expired with the money given back. */
const SETTLED = ['CONFIRMED', 'CANCELLED', 'EXPIRED', 'COMPLETED'];

async function order(mall: Mall, purchase: Purchase, random: Random, presses = 1): Promise<string> {
  await place(mall, purchase, await fillCart(mall, purchase, random), presses);
  return openPayment(mall, purchase, presses);
}

async function pay(mall: Mall, purchase: Purchase, intentId: string, method = VISA): Promise<void> {
  purchase.paid = await mall.browser.pay(intentId, method);
  // a decline that the provider was told to make: the shopper tries once more
  if (purchase.paid === 'requires_payment_method' && method === VISA)
    purchase.paid = await mall.browser.pay(intentId, VISA);
}

/** How shoppers behave, and how many of a hundred do. */
const HABITS: Readonly<Record<string, { readonly share: number; readonly does: Habit }>> = {
  buys: {
    share: 40,
    async does(mall, purchase, random) {
      await pay(mall, purchase, await order(mall, purchase, random));
      await follow(mall, purchase, SETTLED);
    },
  },
  'presses everything twice': {
    share: 10,
    async does(mall, purchase, random) {
      const intentId = await order(mall, purchase, random, 2);
      await Promise.all([pay(mall, purchase, intentId), pay(mall, purchase, intentId)]);
      await follow(mall, purchase, SETTLED);
    },
  },
  'pays and closes the window': {
    share: 8,
    async does(mall, purchase, random) {
      await pay(mall, purchase, await order(mall, purchase, random));
    },
  },
  'is declined, then pays': {
    share: 8,
    async does(mall, purchase, random) {
      const intentId = await order(mall, purchase, random);
      await mall.browser.pay(intentId, random.pick(DECLINED));
      await delay(random.between(0, 400));
      await pay(mall, purchase, await openPayment(mall, purchase));
      await follow(mall, purchase, SETTLED);
    },
  },
  'authenticates with its bank': {
    share: 6,
    async does(mall, purchase, random) {
      const intentId = await order(mall, purchase, random);
      purchase.paid = await mall.browser.pay(intentId, 'pm_card_threeDSecureRequired');
      if (purchase.paid === 'requires_action') purchase.paid = await mall.browser.authenticate(intentId);
      if (purchase.paid === 'succeeded') await follow(mall, purchase, SETTLED);
    },
  },
  'never pays': {
    share: 7,
    async does(mall, purchase, random) {
      await place(mall, purchase, await fillCart(mall, purchase, random));
      if (random.next() < 0.6) await openPayment(mall, purchase);
    },
  },
  'cancels before paying': {
    share: 5,
    async does(mall, purchase, random) {
      await place(mall, purchase, await fillCart(mall, purchase, random));
      if (random.next() < 0.7) await openPayment(mall, purchase);
      await cancel(mall, purchase);
    },
  },
  'cancels what it has paid': {
    share: 5,
    async does(mall, purchase, random) {
      await pay(mall, purchase, await order(mall, purchase, random));
      if (random.next() < 0.5) await follow(mall, purchase, SETTLED);
      await cancel(mall, purchase);
    },
  },
  'cancels while it pays': {
    share: 4,
    async does(mall, purchase, random) {
      const intentId = await order(mall, purchase, random);
      await Promise.all([pay(mall, purchase, intentId), cancel(mall, purchase)]);
    },
  },
  'pays too late': {
    share: 4,
    async does(mall, purchase, random) {
      const intentId = await order(mall, purchase, random);
      await delay(mall.paymentWindowMs + random.between(-1_500, 1_500));
      await pay(mall, purchase, intentId);
      if (purchase.paid === 'succeeded') await follow(mall, purchase, SETTLED);
    },
  },
  'is sent everything': {
    share: 4,
    async does(mall, purchase, random) {
      await pay(mall, purchase, await order(mall, purchase, random));
      if ((await follow(mall, purchase, SETTLED)) === 'CONFIRMED') await ship(mall, purchase, random.next() < 0.5);
    },
  },
  'sends a part back': {
    share: 4,
    async does(mall, purchase, random) {
      await pay(mall, purchase, await order(mall, purchase, random));
      if ((await follow(mall, purchase, SETTLED)) !== 'CONFIRMED') return;
      await sendBack(mall, purchase, await ship(mall, purchase), random);
    },
  },
  'cancels a unit': {
    share: 4,
    async does(mall, purchase, random) {
      await pay(mall, purchase, await order(mall, purchase, random));
      if (random.next() < 0.7) await follow(mall, purchase, SETTLED);
      await cancelUnit(mall, purchase);
    },
  },
  'wants one more, and pays for it': {
    share: 4,
    async does(mall, purchase, random) {
      await pay(mall, purchase, await order(mall, purchase, random));
      if ((await follow(mall, purchase, SETTLED)) !== 'CONFIRMED') return;
      if (await addUnit(mall, purchase, random.pick(mall.catalogue.plenty))) {
        await mall.browser.pay(await openPayment(mall, { ...purchase }), VISA);
      }
    },
  },
  'wants one more, and never pays for it': {
    share: 3,
    async does(mall, purchase, random) {
      await pay(mall, purchase, await order(mall, purchase, random));
      if ((await follow(mall, purchase, SETTLED)) !== 'CONFIRMED') return;
      const added = await addUnit(mall, purchase, random.pick(mall.catalogue.plenty));
      if (added && random.next() < 0.5) await openPayment(mall, { ...purchase });
    },
  },
  'is given a part back by staff': {
    share: 3,
    async does(mall, purchase, random) {
      await pay(mall, purchase, await order(mall, purchase, random));
      if ((await follow(mall, purchase, SETTLED)) !== 'CONFIRMED') return;
      const amount = { centAmount: random.between(1, 300), currencyCode: 'EUR' };
      const input = {
        paymentId: purchase.paymentId,
        amount,
        reason: 'Goodwill',
        idempotencyKey: `refund-${randomUUID()}`,
      };
      await mall.staff.send('RefundCreate', { input });
    },
  },
};

/** The habit of the shopper with this number; the same for the same seed. */
function habitOf(random: Random): [name: string, does: Habit] {
  const shares = Object.entries(HABITS);
  let at = random.next() * shares.reduce((sum, [, { share }]) => sum + share, 0);
  for (const [name, { share, does }] of shares) {
    at -= share;
    if (at < 0) return [name, does];
  }
  return ['buys', (HABITS.buys as { does: Habit }).does];
}

/** One shopper's whole purchase. Never rejects: what went wrong is in the answer. What it wants depends on seed and index only. */
export async function shop(mall: Mall, seed: number, index: number): Promise<Purchase> {
  const random = createRandom(seed * 1_000_003 + index);
  const [kind, does] = habitOf(random);
  const purchase: Purchase = { index, kind, email: `chaos-${seed}-${index}@test.example`, otherOrders: [] };
  try {
    await does(mall, purchase, random);
  } catch (error) {
    if (error instanceof Refused) purchase.ended = `refused: ${error.errors.map(({ code }) => code).join(' ')}`;
    else if (error instanceof OutOfPatience) purchase.ended = `gave up: ${error.message}`;
    else purchase.ended = `failed: ${error instanceof Error ? error.message : 'unknown'}`;
  }
  return purchase;
}
