import { INBOX_CLAIM } from '@souk/outbox';
import { type Database, sql } from '@souk/postgres';
import type { CheckoutStore } from '../app/ports.js';
import { CART_LIFETIME_MS } from '../domain/cart.js';
import type { CheckoutAnswer } from '../domain/checkout.js';
import { CART_COLUMNS, type CartRow, type PromotionJson, toCart, toPromotion } from './cartRow.js';

type NullCartRow = { [K in keyof CartRow]: CartRow[K] | null };

const read = sql<
  NullCartRow & {
    promotions: PromotionJson[] | null;
    earlier: { cart_id: string | null; answer: CheckoutAnswer | null; released_at: string | null } | null;
  }
>(
  'checkout.read',
  `SELECT ${CART_COLUMNS},
     (SELECT json_agg(p ORDER BY p.id) FROM promotion p
       WHERE p.code = ANY (c.discount_codes) OR (p.code IS NULL AND p.is_active)) AS promotions,
     (SELECT to_json(k) FROM cart_checkout k WHERE k.order_id = $2) AS earlier
   FROM (SELECT 1) AS always LEFT JOIN cart c ON c.id = $1`,
);

const claim = sql<{ outcome: 'CLAIMED' | 'EXISTS' | 'CHANGED' | 'LIMIT'; detail: string | null }>(
  'checkout.claim',
  'SELECT outcome, detail FROM cart_checkout_claim($1, $2, $3, $4, $5, $6, $7, $8, $9)',
);

const release = sql<{ released: boolean }>('checkout.release', 'SELECT cart_checkout_release($1, $2, $3) AS released');

const releaseUsesOnce = sql<{ released: number | null }>(
  'checkout.releaseUsesOnce',
  `WITH ${INBOX_CLAIM('$1', '$2')} SELECT promotion_uses_release($3, $4) AS released FROM inbox`,
);

const giveToOwner = sql(
  'checkout.giveToOwner',
  `WITH ${INBOX_CLAIM('$1', '$2')}
   UPDATE cart c SET customer_id = $4 FROM cart_checkout k, inbox
   WHERE k.order_id = $3 AND c.id = k.cart_id AND c.customer_id IS NULL`,
);

/** Checkouts in Postgres; the rules that need locks are functions of the migration. */
export function createCheckoutStore(database: Database): CheckoutStore {
  return {
    async read(cartId, orderId) {
      const [row] = await database.query(read, [cartId, orderId]);
      const promotions = (row?.promotions ?? []).map(toPromotion);
      const automatic = promotions.filter((promotion) => promotion.code === null);
      const byCode = promotions.filter((promotion) => promotion.code !== null);
      const earlier = row?.earlier;
      return {
        view: row && isCart(row) ? { cart: toCart(row), promotions: byCode } : undefined,
        automaticPromotions: automatic,
        earlier: earlier
          ? { cartId: earlier.cart_id, answer: earlier.answer, released: earlier.released_at !== null }
          : undefined,
      };
    },
    async claim(o) {
      const [row] = await database.query(claim, [
        o.orderId,
        o.cart.id,
        o.cart.version,
        JSON.stringify(o.cart.lines),
        o.repriced,
        JSON.stringify(o.answer),
        o.promotionIds,
        o.customerKey,
        o.now,
      ]);
      if (!row) throw new Error('cart_checkout_claim answered nothing');
      if (row.outcome === 'LIMIT') return { outcome: 'LIMIT', promotionId: row.detail ?? '' };
      return { outcome: row.outcome };
    },
    async release(orderId, now) {
      const expiresAt = new Date(now.getTime() + CART_LIFETIME_MS);
      const [row] = await database.query(release, [orderId, now, expiresAt]);
      return row?.released ?? false;
    },
  };
}

/** Applies the end of an order once per event: gives back its promotion uses. One statement, inbox included. */
export const releasePromotionsOnce =
  (database: Database) =>
  async (eventId: string, orderId: string, now: Date): Promise<void> => {
    await database.query(releaseUsesOnce, [eventId, 'cart', orderId, now]);
  };

/**
 * The cart of an order that has got an owner is that owner's, too: whoever had it as a guest knows its id, and it says where he lives. Once
 * per event; an owner is never replaced.
 */
export const giveCartToOwnerOnce =
  (database: Database) =>
  async (eventId: string, orderId: string, customerId: string): Promise<void> => {
    await database.query(giveToOwner, [eventId, 'cart', orderId, customerId]);
  };

function isCart(row: NullCartRow): row is CartRow & NullCartRow {
  return row.id !== null;
}
