import { inDatabase } from '../invariant.js';

/** Double entry: a transaction that does not sum to zero has made money, or lost it. */
export const ledgerBalances = inDatabase({
  name: 'ledger-balances',
  why: 'each transaction of the money ledger sums to zero in its currency',
  database: 'payment',
  rows: 'SELECT FROM ledger_entry',
  violations: `
    SELECT transaction_id AS key, format('sums to %s %s instead of 0', sum(amount_cents), currency_code) AS detail,
      (SELECT order_id FROM payment WHERE id = min(l.payment_id)) AS order_id
    FROM ledger_entry l GROUP BY transaction_id, currency_code HAVING sum(amount_cents) <> 0`,
});
