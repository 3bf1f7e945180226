import { inDatabase } from '../invariant.js';

/** `reserved` is what makes overselling impossible; when it drifts, stock is sold twice or never. */
export const reservedIsSumOfReservations = inDatabase({
  name: 'reserved-is-sum-of-reservations',
  why: 'what a variant has reserved is the sum of its active reservations',
  database: 'product',
  rows: 'SELECT FROM inventory',
  violations: `
    SELECT i.variant_id AS key, format('reserved %s, active reservations %s', i.reserved, coalesce(r.active, 0)) AS detail
    FROM inventory i LEFT JOIN (
      SELECT variant_id, sum(quantity) AS active FROM reservation WHERE state = 'ACTIVE' GROUP BY variant_id) AS r USING (variant_id)
    WHERE i.reserved <> coalesce(r.active, 0)`,
});
