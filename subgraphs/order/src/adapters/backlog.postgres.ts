import { type BacklogRow, oldestSeconds, sql } from '@souk/postgres';

/** What of the order service is under way or late; each part reads a partial index that is as small as what it counts. */
export const orderBacklog = sql<BacklogRow>(
  'order.backlog',
  `SELECT 'placements_running' AS what, count(*)::int AS count, ${oldestSeconds('created_at')} FROM placement WHERE step = 'RUNNING'
   UNION ALL SELECT 'placements_undoing', count(*)::int, ${oldestSeconds('created_at')} FROM placement WHERE step = 'UNDOING'
   UNION ALL SELECT 'orders_overdue', count(*)::int, ${oldestSeconds('payment_due_at')} FROM orders
     WHERE status = 'PENDING_PAYMENT' AND payment_due_at <= now()
   UNION ALL SELECT 'returns_not_refunded', count(*)::int, ${oldestSeconds('received_at')} FROM order_return
     WHERE status = 'RECEIVED'
   UNION ALL SELECT 'carrier_events_waiting', count(*)::int, ${oldestSeconds('received_at')} FROM carrier_event
     WHERE state = 'RECEIVED'`,
);
