import { inDatabase } from '../invariant.js';

/** A unit on hand that no movement explains was invented, or lost. */
export const onHandIsSumOfMovements = inDatabase({
  name: 'on-hand-is-sum-of-movements',
  why: 'what a variant has on hand is the sum of its movements, its first stock included',
  database: 'product',
  rows: 'SELECT FROM inventory',
  violations: `
    SELECT i.variant_id AS key, format('on hand %s, movements %s', i.on_hand, coalesce(m.moved, 0)) AS detail
    FROM inventory i LEFT JOIN (
      SELECT variant_id, sum(quantity) AS moved FROM stock_movement GROUP BY variant_id) AS m USING (variant_id)
    WHERE i.on_hand <> coalesce(m.moved, 0)`,
});
