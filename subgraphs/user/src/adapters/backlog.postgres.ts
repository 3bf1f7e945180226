import { type BacklogRow, oldestSeconds, sql } from '@souk/postgres';

/** What deleted accounts and exports wait for. An order that is under way may keep an erasure waiting; nothing else may. */
export const userBacklog = sql<BacklogRow>(
  'user.backlog',
  `SELECT 'erasures_waiting' AS what, count(*)::int AS count, ${oldestSeconds('e.requested_at')}
     FROM account_erasure_part p JOIN account_erasure e ON e.id = p.erasure_id WHERE p.erased_at IS NULL AND p.service <> 'order'
   UNION ALL SELECT 'erasures_waiting_for_orders', count(*)::int, ${oldestSeconds('e.requested_at')}
     FROM account_erasure_part p JOIN account_erasure e ON e.id = p.erasure_id WHERE p.erased_at IS NULL AND p.service = 'order'
   UNION ALL SELECT 'exports_waiting', count(*)::int, ${oldestSeconds('e.requested_at')}
     FROM account_export_part p JOIN account_export e ON e.id = p.export_id WHERE p.delivered_at IS NULL`,
);
