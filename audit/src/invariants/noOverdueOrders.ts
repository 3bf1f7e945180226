import { inDatabase, late } from '../invariant.js';

/** The sweeper expires them; until then they hold stock that others want. */
export const noOverdueOrders = inDatabase({
  name: 'no-overdue-orders',
  why: 'no order waits for its payment beyond its window',
  database: 'order',
  rows: `SELECT FROM orders WHERE status = 'PENDING_PAYMENT'`,
  violations: `
    SELECT id AS key, id AS order_id, format('should have been paid until %s', payment_due_at) AS detail
    FROM orders WHERE status = 'PENDING_PAYMENT' AND ${late('payment_due_at')}`,
});
