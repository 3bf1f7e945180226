import { inDatabase } from '../invariant.js';

/** A limit that concurrent checkouts can pass is no limit. Staff may lower a limit below what was used: such uses were before the change. */
export const couponsWithinLimits = inDatabase({
  name: 'coupons-within-limits',
  why: 'a promotion was used as often as it counts, and not more often than its limits allow',
  database: 'cart',
  rows: 'SELECT FROM promotion',
  violations: `
    SELECT p.id AS key, format('counts %s uses, has %s, limit %s', p.times_used, u.uses, coalesce(p.usage_limit::text, 'none')) AS detail
    FROM promotion p CROSS JOIN LATERAL (
      SELECT count(*) AS uses, max(created_at) AS last_use FROM promotion_use WHERE promotion_id = p.id AND released_at IS NULL) AS u
    WHERE p.times_used <> u.uses OR (u.uses > p.usage_limit AND u.last_use > p.updated_at)
    UNION ALL
    SELECT p.id || '/' || encode(u.customer_key, 'hex'), format('one customer has %s uses, limit %s', count(*), p.per_customer_limit)
    FROM promotion p JOIN promotion_use u ON u.promotion_id = p.id AND u.released_at IS NULL
    WHERE p.per_customer_limit IS NOT NULL GROUP BY p.id, u.customer_key
    HAVING count(*) > p.per_customer_limit AND max(u.created_at) > p.updated_at`,
});
