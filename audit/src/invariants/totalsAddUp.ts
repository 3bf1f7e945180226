import { inDatabase } from '../invariant.js';

/** What the customer pays is what he was shown, to the cent. */
export const totalsAddUp = inDatabase({
  name: 'totals-add-up',
  why: 'an order costs its lines minus discounts plus shipping and tax, and each line its quantity times its price minus its discount',
  database: 'order',
  rows: 'SELECT FROM orders',
  violations: `
    SELECT o.id AS key, format('total %s, subtotal %s, discount %s, shipping %s, tax %s; its lines come to %s, %s of them wrong',
      o.total_cents, o.subtotal_cents, o.discount_cents, o.shipping_cents, o.tax_cents, l.subtotal, l.wrong) AS detail
    FROM orders o CROSS JOIN LATERAL (
      SELECT coalesce(sum(unit_price_cents * quantity), 0) AS subtotal, coalesce(sum(discount_cents), 0) AS discount,
        count(*) FILTER (WHERE total_cents <> unit_price_cents * quantity - discount_cents OR total_cents < 0) AS wrong
      FROM order_line WHERE order_id = o.id) AS l
    WHERE l.wrong > 0 OR l.subtotal <> o.subtotal_cents OR l.discount > o.discount_cents
      OR o.total_cents <> o.subtotal_cents - o.discount_cents + o.shipping_cents
        + CASE WHEN o.tax_included THEN 0 ELSE o.tax_cents END`,
});
