import { inDatabase, late } from '../invariant.js';

/** A saga whose lease ran out is taken over within seconds; one that is not holds a cart, a coupon, stock, or money. */
export const noStuckSagas = inDatabase({
  name: 'no-stuck-sagas',
  why: 'no placement and no edit of an order waits for somebody to finish it',
  database: 'order',
  rows: 'SELECT FROM placement UNION ALL SELECT FROM order_edit',
  violations: `
    SELECT order_id AS key, format('%s since %s, taken over %s times', step, created_at, attempts) AS detail
    FROM placement WHERE step IN ('RUNNING', 'UNDOING') AND (${late('lease_until')} OR ${late('created_at')})
    UNION ALL
    SELECT id, format('%s since %s, taken over %s times', state, created_at, attempts) FROM order_edit
    WHERE (state IN ('PREPARING', 'UNDOING') AND ${late('lease_until')}) OR (state = 'AWAITING_PAYMENT' AND ${late('due_at')})`,
});
