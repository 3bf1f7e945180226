import { type BacklogRow, oldestSeconds, sql } from '@souk/postgres';

/**
 * What of the payment service waits or was given up; each part reads an index that is as small as what it counts. A refund without a provider is
 * known by our own id of it, and waits for staff.
 */
export const paymentBacklog = sql<BacklogRow>(
  'payment.backlog',
  `SELECT 'webhooks_waiting' AS what, count(*)::int AS count, ${oldestSeconds('received_at')} FROM webhook_event WHERE attempt_at IS NOT NULL
   UNION ALL SELECT 'webhooks_failed', count(*)::int, ${oldestSeconds('received_at')} FROM webhook_event WHERE status = 'FAILED'
   UNION ALL SELECT 'documents_waiting', count(*)::int, ${oldestSeconds('created_at')} FROM document_request WHERE attempt_at IS NOT NULL
   UNION ALL SELECT 'reconciliation_differences', count(*)::int, ${oldestSeconds('first_seen_at')} FROM reconciliation_difference
     WHERE state = 'OPEN'
   UNION ALL SELECT 'captures_pending', count(*)::int, ${oldestSeconds('created_at')} FROM capture WHERE state = 'PENDING'
   UNION ALL SELECT 'refunds_pending', count(*)::int, ${oldestSeconds('created_at')} FROM refund
     WHERE attempt_at IS NOT NULL AND provider_reference IS DISTINCT FROM id
   UNION ALL SELECT 'refunds_by_hand', count(*)::int, ${oldestSeconds('created_at')} FROM refund
     WHERE attempt_at IS NOT NULL AND provider_reference = id`,
);
