import { type Database, sql } from '@souk/postgres';
import type { LedgerStore } from '../app/ledger/ledgerApp.js';

interface LineRow {
  readonly id: string;
  readonly transaction_id: string;
  readonly payment_id: string;
  readonly order_id: string;
  readonly refund_id: string | null;
  readonly account: string;
  readonly amount_cents: number;
  readonly currency_code: string;
  readonly created_at: Date;
}

const lines = sql<LineRow>(
  'ledger.lines',
  `SELECT l.id, l.transaction_id, l.payment_id, p.order_id, l.refund_id, l.account, l.amount_cents, l.currency_code, l.created_at
   FROM payment p JOIN ledger_entry l ON l.payment_id = p.id
   WHERE p.id = $1 OR p.order_id = $2 ORDER BY l.created_at, l.id`,
);
const sums = sql<{ account: string; currency_code: string; balance: number }>(
  'ledger.sums',
  `SELECT account, currency_code, sum(amount_cents)::bigint AS balance FROM ledger_entry
   WHERE id > $1 AND ($2::text IS NULL OR id <= $2) GROUP BY account, currency_code ORDER BY account, currency_code`,
);
const openDifferences = sql<{ kind: string; count: number }>(
  'ledger.openDifferences',
  `SELECT kind, count(*)::int AS count FROM reconciliation_difference WHERE state = 'OPEN' GROUP BY kind`,
);

/** The ledger in Postgres; each method is one named statement. */
export function createLedgerStore(database: Database): LedgerStore {
  return {
    async lines({ orderId, paymentId }) {
      const rows = await database.query(lines, [paymentId, orderId]);
      return rows.map((row) => ({
        id: row.id,
        transactionId: row.transaction_id,
        paymentId: row.payment_id,
        orderId: row.order_id,
        refundId: row.refund_id,
        account: row.account,
        amountCents: row.amount_cents,
        currencyCode: row.currency_code,
        createdAt: row.created_at,
      }));
    },
    async sums(afterId, upToId) {
      const rows = await database.query(sums, [afterId, upToId]);
      return rows.map((row) => ({
        account: row.account,
        currencyCode: row.currency_code,
        balanceCents: row.balance,
      }));
    },
    openDifferences: () => database.query(openDifferences),
  };
}
