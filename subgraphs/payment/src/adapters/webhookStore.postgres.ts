import { auditRecords } from '@souk/events';
import { OUTBOX_INSERT, outboxRows } from '@souk/outbox';
import { type Database, isDue, sql } from '@souk/postgres';
import type { StoredWebhook, WebhookStatus, WebhookStore } from '../app/ports.js';
import { WEBHOOK_LEASE_MS } from '../app/webhookQueue.js';
import type { PrismaClient } from '../generated/prisma/client.js';

/** How long a process that takes a webhook has it for itself. */
const LEASE = `interval '${WEBHOOK_LEASE_MS} milliseconds'`;

interface StoredRow {
  readonly id: string;
  readonly provider: string;
  readonly provider_event_id: string;
  readonly type: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly attempts: number;
}
const STORED = 'w.id, w.provider, w.provider_event_id, w.type, w.payload, w.attempts';

/** $6: relevant. What is not is kept as IGNORED. */
const store = sql<{ id: string }>(
  'webhook.store',
  `INSERT INTO webhook_event (id, provider, provider_event_id, type, payload, status, attempt_at, processed_at)
   VALUES ($1, $2, $3, $4, $5, CASE WHEN $6 THEN 'RECEIVED' ELSE 'IGNORED' END, CASE WHEN $6 THEN now() + ${LEASE} END,
     CASE WHEN $6 THEN NULL ELSE now() END)
   ON CONFLICT (provider, provider_event_id) DO NOTHING RETURNING id`,
);
const take = sql<StoredRow>(
  'webhook.take',
  `UPDATE webhook_event w SET attempt_at = now() + ${LEASE}
   WHERE w.id IN (SELECT id FROM webhook_event WHERE ${isDue('attempt_at')} ORDER BY attempt_at LIMIT $1 FOR UPDATE SKIP LOCKED)
   RETURNING ${STORED}`,
);
const settle = sql(
  'webhook.settle',
  `UPDATE webhook_event SET status = $2, last_error = $3, attempt_at = NULL, processed_at = now(), attempts = attempts + 1 WHERE id = $1`,
);
const park = sql(
  'webhook.park',
  `UPDATE webhook_event SET last_error = $2, attempt_at = now() + $3 * interval '1 millisecond', attempts = attempts + 1
   WHERE id = $1 AND status = 'RECEIVED'`,
);
const reopen = sql<StoredRow>(
  'webhook.reopen',
  `WITH reopened AS (
     UPDATE webhook_event w SET status = 'RECEIVED', attempt_at = now() + ${LEASE}, processed_at = NULL WHERE w.id = $1 RETURNING ${STORED}),
   outbox AS (${OUTBOX_INSERT('$2')} WHERE EXISTS (SELECT 1 FROM reopened))
   SELECT * FROM reopened`,
);

/** Failed ones are kept until staff have looked at them. Replicas do not wait for each other, and none deletes what another one does. */
const purge = sql<{ purged: number }>(
  'webhook.purge',
  `WITH webhooks AS (
     DELETE FROM webhook_event WHERE id IN (
       SELECT id FROM webhook_event WHERE processed_at < $1 AND status IN ('PROCESSED', 'IGNORED')
       ORDER BY processed_at LIMIT $2 FOR UPDATE SKIP LOCKED)
     RETURNING 1),
   requests AS (
     DELETE FROM session_request WHERE (scope, key) IN (
       SELECT scope, key FROM session_request WHERE created_at < $1 ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)
     RETURNING 1)
   SELECT ((SELECT count(*) FROM webhooks) + (SELECT count(*) FROM requests))::int AS purged`,
);

/** Webhooks in Postgres; the staff's view of them through Prisma. */
export function createWebhookStore(database: Database, prisma: PrismaClient): WebhookStore {
  return {
    async store(w, relevant) {
      const params = [w.id, w.provider, w.providerEventId, w.type, JSON.stringify(w.payload), relevant];
      return (await database.query(store, params)).length === 1;
    },
    async take(limit) {
      return (await database.query(take, [limit])).map(storedOf);
    },
    async settle(id, status, error) {
      await database.query(settle, [id, status, error]);
    },
    async park(id, error, delayMs) {
      await database.query(park, [id, error, delayMs]);
    },
    async reopen(id) {
      const [row] = await database.query(reopen, [id, outboxRows(auditRecords([id]))]);
      return row && storedOf(row);
    },
    async purge(before, limit) {
      return (await database.query(purge, [before, limit]))[0]?.purged ?? 0;
    },
    async find(id) {
      const row = await prisma.webhookEvent.findUnique({ where: { id }, omit: { payload: true } });
      return row === null ? undefined : { ...row, status: row.status as WebhookStatus };
    },
    async list({ status, first, after }) {
      const rows = await prisma.webhookEvent.findMany({
        where: status === null ? {} : { status },
        orderBy: [{ receivedAt: 'desc' }, { id: 'desc' }],
        omit: { payload: true },
        take: first,
        ...(after === null ? {} : { cursor: { id: after }, skip: 1 }),
      });
      return rows.map((row) => ({ ...row, status: row.status as WebhookStatus }));
    },
  };
}

function storedOf(row: StoredRow): StoredWebhook {
  return {
    id: row.id,
    provider: row.provider,
    providerEventId: row.provider_event_id,
    type: row.type,
    payload: row.payload,
    attempts: row.attempts,
  };
}
