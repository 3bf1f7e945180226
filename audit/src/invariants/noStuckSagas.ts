import { inDatabase, late } from '../invariant.js';

/** A saga whose lease ran out is taken over within seconds; one that is not holds a cart, a coupon and stock. */
export const noStuckSagas = inDatabase({
  name: 'no-stuck-sagas',
  why: 'no placement waits for somebody to finish it',
  database: 'order',
  rows: 'SELECT FROM placement',
  violations: `
    SELECT order_id AS key, format('%s since %s, taken over %s times', step, created_at, attempts) AS detail
    FROM placement WHERE step IN ('RUNNING', 'UNDOING') AND (${late('lease_until')} OR ${late('created_at')})`,
});
