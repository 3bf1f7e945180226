import { inDatabase } from '../invariant.js';

/** Each sold unit left the shelf once: a commit that ran twice, or half, shows here. */
export const salesMatchReservations = inDatabase({
  name: 'sales-match-reservations',
  why: 'what was sold to a stock id and not taken back is what it has committed',
  database: 'product',
  rows: 'SELECT FROM reservation',
  violations: `
    WITH held AS (
      SELECT order_id, variant_id, sum(quantity) FILTER (WHERE state = 'COMMITTED') AS committed
      FROM reservation GROUP BY order_id, variant_id),
    moved AS (
      SELECT order_id, variant_id, -sum(quantity) AS sold FROM stock_movement
      -- Goods of a return come back under the return's key; they were sold all the same.
      WHERE order_id IS NOT NULL AND idempotency_key IS NULL GROUP BY order_id, variant_id)
    SELECT order_id || '/' || variant_id AS key, order_id,
      format('committed %s, movements say %s', coalesce(committed, 0), coalesce(sold, 0)) AS detail
    FROM held FULL JOIN moved USING (order_id, variant_id)
    WHERE coalesce(committed, 0) <> coalesce(sold, 0)`,
});
