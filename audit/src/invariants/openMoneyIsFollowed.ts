import { inDatabase, late } from '../invariant.js';

/**
 * Whatever may still change at the provider is asked about again until it has ended: without a next time, a lost webhook is lost
 * money, and a capture that never ends keeps the money of an order from ever going back.
 */
export const openMoneyIsFollowed = inDatabase({
  name: 'open-money-is-followed',
  why: 'each payment, capture and refund whose end is not known has a time at which the provider is asked again, and it has not passed',
  database: 'payment',
  rows: 'SELECT FROM payment UNION ALL SELECT FROM refund',
  violations: `
    SELECT p.id AS key, p.order_id, format('%s%s%s, asked about %s', p.state, CASE WHEN p.cancel_requested THEN ', to be cancelled' ELSE '' END,
      CASE WHEN c.pending THEN ', being captured' ELSE '' END, coalesce(p.reconcile_at::text, 'never again')) AS detail
    FROM payment p CROSS JOIN LATERAL (
      SELECT EXISTS (SELECT 1 FROM capture WHERE payment_id = p.id AND state = 'PENDING') AS pending) AS c
    WHERE (p.state NOT IN ('CAPTURED', 'CANCELLED') OR c.pending)
      AND p.provider <> 'manual' AND (p.reconcile_at IS NULL OR ${late('p.reconcile_at')})
    UNION ALL
    SELECT r.id, p.order_id, format('%s without an answer, asked about %s', r.state, coalesce(r.attempt_at::text, 'never again'))
    FROM refund r JOIN payment p ON p.id = r.payment_id
    WHERE r.state = 'PENDING' AND r.provider_reference IS NULL AND p.provider <> 'manual'
      AND (r.attempt_at IS NULL OR ${late('r.attempt_at')})`,
});
