import { type Database, type Queryable, sql } from '@souk/postgres';
import type { CartStore, CartView } from '../app/ports.js';
import { CART_COLUMNS, type CartRow, cartParams, type PromotionJson, toCart, toPromotion } from './cartRow.js';

type ViewRow = CartRow & { promotions: PromotionJson[] | null };

const promotionsOf = (codes: string) =>
  `CASE WHEN cardinality(${codes}) = 0 THEN NULL ELSE
     (SELECT json_agg(p) FROM promotion p WHERE p.code = ANY (${codes})) END AS promotions`;

const readOne = sql<ViewRow>(
  'cart.read',
  `SELECT ${CART_COLUMNS}, ${promotionsOf('c.discount_codes || $2::text[]')} FROM cart c WHERE c.id = $1`,
);

const readActive = sql<ViewRow>(
  'cart.readActive',
  `SELECT ${CART_COLUMNS}, ${promotionsOf('c.discount_codes')} FROM cart c
    WHERE c.customer_id = $1 AND c.status = 'ACTIVE' AND c.expires_at > now() ORDER BY c.updated_at DESC, c.id DESC LIMIT 1`,
);

const readMany = sql<ViewRow>(
  'cart.readMany',
  `SELECT ${CART_COLUMNS}, ${promotionsOf('c.discount_codes')} FROM cart c WHERE c.id = ANY ($1)`,
);

const readPromotions = sql<{ promotion: PromotionJson }>(
  'cart.promotionsByCode',
  'SELECT to_json(p) AS promotion FROM promotion p WHERE p.code = ANY ($1)',
);

const insert = sql(
  'cart.create',
  `INSERT INTO cart (id, customer_id, status, version, currency_code, country_code, email, shipping_address, billing_address,
     shipping_method_id, discount_codes, note, lines, merged_into_id, updated_at, expires_at, created_at, token_hash)
   VALUES ($1, $2, $3::cart_status, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $15, $17)`,
);

const SET = `customer_id = $2, status = $3::cart_status, version = $4, currency_code = $5, country_code = $6, email = $7,
  shipping_address = $8, billing_address = $9, shipping_method_id = $10, discount_codes = $11, note = $12, lines = $13,
  merged_into_id = $14, updated_at = $15, expires_at = $16`;

const saveIfUnchanged = sql<{ id: string }>(
  'cart.save',
  `UPDATE cart SET ${SET} WHERE id = $1 AND status = 'ACTIVE' AND version = $17 RETURNING id`,
);

const saveLocked = sql('cart.saveLocked', `UPDATE cart SET ${SET} WHERE id = $1`);

const lock = sql<CartRow>('cart.lock', `SELECT ${CART_COLUMNS} FROM cart c WHERE c.id = $1 FOR UPDATE`);

const findForMerge = sql<{ id: string }>(
  'cart.findForMerge',
  `SELECT g.id FROM cart g WHERE g.token_hash = $1
   UNION ALL
   (SELECT u.id FROM cart u WHERE u.customer_id = $2 AND u.status = 'ACTIVE' AND u.expires_at > now()
      AND u.token_hash IS DISTINCT FROM $1 ORDER BY u.updated_at DESC, u.id DESC LIMIT 1)`,
);

const lockForMerge = sql<CartRow & { is_guest: boolean }>(
  'cart.lockForMerge',
  `SELECT ${CART_COLUMNS}, c.token_hash IS NOT DISTINCT FROM $2 AS is_guest FROM cart c
    WHERE c.id = ANY ($1) ORDER BY c.id FOR UPDATE`,
);

const remove = sql<{ id: string }>('cart.remove', `DELETE FROM cart WHERE id = $1 AND status = 'ACTIVE' RETURNING id`);

const expire = sql<{ expired: number }>(
  'cart.expire',
  `WITH over AS (
     SELECT id FROM cart WHERE status = 'ACTIVE' AND created_at < $1 AND expires_at <= $1 ORDER BY created_at LIMIT $2
     FOR UPDATE SKIP LOCKED),
   changed AS (UPDATE cart c SET status = 'EXPIRED', version = c.version + 1 FROM over WHERE c.id = over.id RETURNING 1)
   SELECT count(*)::int AS expired FROM changed`,
);

const toView = (row: ViewRow): CartView => ({ cart: toCart(row), promotions: (row.promotions ?? []).map(toPromotion) });

/** Carts in Postgres: one row each, every write one statement. */
export function createCartStore(database: Database): CartStore {
  async function one(
    q: Queryable,
    statement: typeof readOne,
    params: readonly unknown[],
  ): Promise<CartView | undefined> {
    const [row] = await q.query(statement, params);
    return row && toView(row);
  }
  return {
    read: (id, codes = []) => one(database, readOne, [id, codes]),
    readActive: (userId) => one(database, readActive, [userId]),
    readMany: async (ids) => (await database.query(readMany, [ids])).map(toView),
    async create(cart, tokenHash) {
      await database.query(insert, [...cartParams(cart), tokenHash]);
    },
    async promotionsByCode(codes) {
      if (codes.length === 0) return [];
      return (await database.query(readPromotions, [codes])).map((row) => toPromotion(row.promotion));
    },
    async save(next, expectedVersion) {
      return (await database.query(saveIfUnchanged, [...cartParams(next), expectedVersion])).length === 1;
    },
    update: (id, decide) =>
      database.transaction(async (tx) => {
        const [row] = await tx.query(lock, [id]);
        if (!row) return undefined;
        const decision = decide(toCart(row));
        if (decision.ok) await tx.query(saveLocked, cartParams(decision.cart));
        return decision;
      }),
    merge: (tokenHash, userId, decide) =>
      database.transaction(async (tx) => {
        const found = await tx.query(findForMerge, [tokenHash, userId]);
        const rows = await tx.query(lockForMerge, [found.map((row) => row.id), tokenHash]);
        const guest = rows.find((row) => row.is_guest);
        const existing = rows.find((row) => !row.is_guest && row.status === 'ACTIVE');
        if (!guest) return undefined;
        // A repetition: the guest's cart is this user's by now, or went into a cart of theirs.
        if (guest.customer_id === userId && guest.status === 'ACTIVE') return toCart(guest);
        if (guest.customer_id === userId && guest.merged_into_id !== null) {
          return (await one(tx, readOne, [guest.merged_into_id, []]))?.cart;
        }
        if (guest.customer_id !== null) return undefined;
        const saved = decide(toCart(guest), existing && toCart(existing));
        for (const cart of saved) await tx.query(saveLocked, cartParams(cart));
        return saved[0];
      }),
    remove: async (id) => (await database.query(remove, [id])).length === 1,
    async expire(now, limit) {
      const [row] = await database.query(expire, [now, limit]);
      return row?.expired ?? 0;
    },
  };
}
