import { inDatabase } from '../invariant.js';

/**
 * A payment's own figures and its ledger entries are written by one statement from one decision; a difference is money that one of them
 * does not know. docs/ledger.md has the accounts.
 */
export const ledgerMatchesPayments = inDatabase({
  name: 'ledger-matches-payments',
  why: 'what a payment has captured, refunded and lost in disputes is what its accounts hold',
  database: 'payment',
  rows: 'SELECT FROM payment',
  violations: `
    SELECT p.id AS key, p.order_id, format('captured %s, refunded %s, charged back %s, disputed %s; account orders %s, disputes %s, all of them %s',
      p.captured_cents, p.refunded_cents, p.charged_back_cents, d.open, l.of_orders, l.in_dispute, l.sum) AS detail
    FROM payment p CROSS JOIN LATERAL (
      SELECT coalesce(sum(amount_cents) FILTER (WHERE account = 'orders'), 0) AS of_orders,
        coalesce(sum(amount_cents) FILTER (WHERE account = 'disputes'), 0) AS in_dispute,
        coalesce(sum(amount_cents), 0) AS sum
      FROM ledger_entry WHERE payment_id = p.id) AS l
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(amount_cents) FILTER (WHERE withdrawn AND state NOT IN ('WON', 'LOST')), 0) AS open
      FROM dispute WHERE payment_id = p.id) AS d
    WHERE l.of_orders <> p.refunded_cents + p.charged_back_cents - p.captured_cents OR l.in_dispute <> d.open OR l.sum <> 0`,
});
