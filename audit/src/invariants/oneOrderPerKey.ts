import { inDatabase } from '../invariant.js';

/** The saga's row and its order are written by one statement: one without the other is an order twice, or lost. */
export const oneOrderPerKey = inDatabase({
  name: 'one-order-per-key',
  why: 'a placement is PLACED exactly when its order exists, and each cart was ordered once',
  database: 'order',
  rows: 'SELECT FROM placement',
  violations: `
    SELECT coalesce(p.order_id, o.id) AS key, coalesce(p.order_id, o.id) AS order_id,
      CASE WHEN o.id IS NULL THEN 'is placed, but there is no order'
        WHEN p.order_id IS NULL THEN 'has no placement'
        ELSE format('exists, though its placement is %s', p.step) END AS detail
    FROM placement p FULL JOIN orders o ON o.id = p.order_id
    WHERE (p.step = 'PLACED') IS DISTINCT FROM (o.id IS NOT NULL)
    UNION ALL
    SELECT min(id), min(id), format('cart %s was ordered %s times', cart_id, count(*)) FROM orders
    WHERE cart_id IS NOT NULL GROUP BY cart_id HAVING count(*) > 1`,
});
