import { inDatabase } from '../invariant.js';

/**
 * A payment's own figures and its ledger entries are written by one statement from one decision; a difference is money that one of them
 * does not know.
 */
export const ledgerMatchesPayments = inDatabase({
  name: 'ledger-matches-payments',
  why: 'what a payment has captured minus refunded is what its accounts hold',
  database: 'payment',
  rows: 'SELECT FROM payment',
  violations: `
    SELECT p.id AS key, p.order_id, format('captured %s - refunded %s, provider account %s, orders account %s',
      p.captured_cents, p.refunded_cents, l.at_provider, l.of_orders) AS detail
    FROM payment p CROSS JOIN LATERAL (
      SELECT coalesce(sum(amount_cents) FILTER (WHERE account LIKE 'provider:%'), 0) AS at_provider,
        coalesce(sum(amount_cents) FILTER (WHERE account = 'orders'), 0) AS of_orders
      FROM ledger_entry WHERE payment_id = p.id AND transaction_id NOT LIKE 'fee:%') AS l
    WHERE l.at_provider <> p.captured_cents - p.refunded_cents OR l.of_orders <> p.refunded_cents - p.captured_cents`,
});
