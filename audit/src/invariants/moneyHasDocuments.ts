import { inDatabase, late } from '../invariant.js';

/**
 * A customer gets a receipt for what he paid and a credit note for what came back. They are asked for with the ledger entry itself (by
 * a trigger); what was booked before this shop wrote documents has none.
 */
export const moneyHasDocuments = inDatabase({
  name: 'money-has-documents',
  why: 'each capture and each refund in the ledger has its document, and each document that is asked for is issued in time',
  database: 'payment',
  rows: 'SELECT FROM document_request',
  violations: `
    SELECT l.transaction_id AS key, p.order_id, 'no document is asked for' AS detail
    FROM ledger_entry l JOIN payment p ON p.id = l.payment_id
    WHERE l.account = 'orders' AND (l.transaction_id LIKE 'capture:%' OR l.refund_id IS NOT NULL)
      AND l.created_at >= (SELECT min(created_at) FROM document_request)
      AND NOT EXISTS (SELECT 1 FROM document_request r WHERE r.source = l.transaction_id)
    UNION ALL
    SELECT source, order_id, format('not issued after %s attempts: %s', attempts, coalesce(last_error, 'no answer'))
    FROM document_request WHERE attempt_at IS NOT NULL AND ${late('created_at')}`,
});
