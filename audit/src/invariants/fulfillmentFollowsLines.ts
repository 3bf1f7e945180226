import { inDatabase } from '../invariant.js';

/** An order that says it was shipped and was not is waited for; one that says it was not is shipped again. */
export const fulfillmentFollowsLines = inDatabase({
  name: 'fulfillment-follows-lines',
  why: 'the fulfilment status of an order is what the counters of its lines amount to',
  database: 'order',
  rows: 'SELECT FROM orders',
  violations: `
    WITH counted AS (
      SELECT o.id, o.fulfillment_status AS said, CASE
        WHEN coalesce(sum(l.quantity_fulfilled), 0) = 0 THEN 'UNFULFILLED'
        WHEN bool_or(l.quantity_fulfilled < l.quantity) THEN 'PARTIALLY_FULFILLED'
        WHEN bool_and(l.quantity_returned = l.quantity) THEN 'RETURNED'
        WHEN bool_and(l.quantity_delivered = l.quantity) THEN 'DELIVERED'
        ELSE 'FULFILLED' END AS amounts
      FROM orders o LEFT JOIN order_line l ON l.order_id = o.id AND l.quantity > 0 GROUP BY o.id)
    SELECT id AS key, id AS order_id, format('says %s, its lines amount to %s', said, amounts) AS detail
    FROM counted WHERE said <> amounts`,
});
