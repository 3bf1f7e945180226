import { inDatabase } from '../invariant.js';

/** More given back than was paid is money lost. */
export const returnsWithinTotal = inDatabase({
  name: 'returns-within-total',
  why: 'the returns of an order give back what their lines and its shipping come to, and together no more than it cost',
  database: 'order',
  rows: 'SELECT FROM orders',
  violations: `
    WITH given AS (
      SELECT r.order_id, sum(r.refund_cents) AS refunds,
        count(*) FILTER (WHERE r.refund_cents <> r.shipping_refund_cents + (
          SELECT coalesce(sum(l.refund_cents), 0) FROM order_return_line l WHERE l.return_id = r.id)) AS wrong
      FROM order_return r GROUP BY r.order_id)
    SELECT o.id AS key, o.id AS order_id,
      format('cost %s, its returns give back %s; %s of them do not add up', o.total_cents, g.refunds, g.wrong) AS detail
    FROM orders o JOIN given g ON g.order_id = o.id WHERE g.refunds > o.total_cents OR g.wrong > 0`,
});
