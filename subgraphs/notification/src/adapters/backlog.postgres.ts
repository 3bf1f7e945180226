import { type BacklogRow, oldestSeconds, sql } from '@souk/postgres';

/** Messages that wait for their next attempt, and those of the last week that were given up. */
export const notificationBacklog = sql<BacklogRow>(
  'notification.backlog',
  `SELECT 'notifications_due' AS what, count(*)::int AS count, ${oldestSeconds('created_at')} FROM delivery WHERE state = 'QUEUED'
   UNION ALL SELECT 'notifications_failed', count(*)::int, ${oldestSeconds('created_at')} FROM delivery
     WHERE state = 'FAILED' AND created_at > now() - interval '7 days'`,
);
