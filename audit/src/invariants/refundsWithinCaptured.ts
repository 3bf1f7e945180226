import { inDatabase } from '../invariant.js';

/** Giving back more than was taken, or counting refunds wrongly, is the merchant's money. */
export const refundsWithinCaptured = inDatabase({
  name: 'refunds-within-captured',
  why: 'a payment has given back no more than it captured, and its sums are those of its refunds',
  database: 'payment',
  rows: 'SELECT FROM payment',
  violations: `
    SELECT p.id AS key, p.order_id, format('captured %s, reserved %s of %s, refunded %s of %s',
      p.captured_cents, p.refund_reserved_cents, r.reserved, p.refunded_cents, r.refunded) AS detail
    FROM payment p CROSS JOIN LATERAL (
      SELECT coalesce(sum(amount_cents) FILTER (WHERE state <> 'FAILED'), 0) AS reserved,
        coalesce(sum(amount_cents) FILTER (WHERE state = 'SUCCEEDED'), 0) AS refunded
      FROM refund WHERE payment_id = p.id) AS r
    WHERE p.refunded_cents > p.captured_cents OR p.refund_reserved_cents <> r.reserved OR p.refunded_cents <> r.refunded`,
});
