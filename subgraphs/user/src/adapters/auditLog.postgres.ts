import { INBOX_CLAIM } from '@souk/outbox';
import { type Database, sql } from '@souk/postgres';
import type { AuditEntry, AuditLog } from '../app/audit.js';

/** SQL that adds the entries of `auditRows` (one parameter); a guard (`WHERE`) may follow. */
export const AUDIT_INSERT = (param: string): string => `INSERT INTO audit_entry
  (id, occurred_at, service, action, actor_id, subject_type, subject_id, codes, request_id)
SELECT entry.id, entry."occurredAt", entry.service, entry.action, entry."actorId", entry."subjectType", entry."subjectId", entry.codes,
  entry."requestId"
FROM jsonb_to_recordset(${param}::jsonb) AS entry(id text, "occurredAt" timestamptz, service text, action text, "actorId" text,
  "subjectType" text, "subjectId" text, codes text[], "requestId" text)`;

export const auditRows = (entries: readonly AuditEntry[]): string => JSON.stringify(entries);

/** $1 entry, $2 its event. An action that is told by two events has one entry. */
const record = sql(
  'audit.record',
  `WITH ${INBOX_CLAIM('$2', `'user'`)}
   ${AUDIT_INSERT('$1')} WHERE EXISTS (SELECT 1 FROM inbox) ON CONFLICT (id) DO NOTHING`,
);

const list = sql<AuditEntry>(
  'audit.list',
  `SELECT id, occurred_at AS "occurredAt", service, action, actor_id AS "actorId", subject_type AS "subjectType",
     subject_id AS "subjectId", codes, request_id AS "requestId"
   FROM audit_entry
   WHERE ($1::text IS NULL OR actor_id = $1) AND ($2::text IS NULL OR action = $2) AND ($3::text IS NULL OR service = $3)
     AND ($4::text IS NULL OR subject_id = $4) AND ($5::timestamptz IS NULL OR occurred_at >= $5)
     AND ($6::timestamptz IS NULL OR occurred_at < $6)
     AND ($7::timestamptz IS NULL OR (occurred_at, id) < ($7, $8::text))
   ORDER BY occurred_at DESC, id DESC LIMIT $9`,
);

/** The audit log in Postgres; triggers refuse everything but adding (see the migration). */
export function createAuditLog(database: Database): AuditLog {
  return {
    async record(entry, eventId) {
      await database.query(record, [auditRows([entry]), eventId]);
    },
    list: ({ filter, first, after }) =>
      database.query(list, [
        filter.actorId ?? null,
        filter.action ?? null,
        filter.service ?? null,
        filter.subjectId ?? null,
        filter.from ?? null,
        filter.until ?? null,
        after?.[0] ?? null,
        after?.[1] ?? null,
        first,
      ]),
  };
}
