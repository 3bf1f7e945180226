import { OUTBOX_INSERT, outboxRows } from '@souk/outbox';
import { type Database, sql } from '@souk/postgres';
import type { Administration } from '../app/administration.js';
import { ACCOUNT_COLUMNS, type AccountRow, toAccount } from './accountRow.js';
import { AUDIT_INSERT, auditRows } from './auditLog.postgres.js';

/** In the order of ids: decisions about two administrators at once wait for each other, and do not lock each other out. */
const lock = sql<AccountRow>(
  'administration.lock',
  `SELECT ${ACCOUNT_COLUMNS} FROM account a
   WHERE a.id = $1 OR ('ADMIN' = ANY (a.roles) AND a.is_active) ORDER BY a.id FOR UPDATE`,
);

const write = sql(
  'administration.write',
  `WITH changed AS (
     UPDATE account SET roles = $2::text[]::role[], is_active = $3, deactivated_at = $4, deactivation_reason = $5,
       auth_changed_at = $6, updated_at = $6, sequence = sequence + $7 WHERE id = $1 RETURNING id),
   ended AS (UPDATE session s SET revoked_at = $6 FROM changed WHERE $8 AND s.account_id = changed.id AND s.revoked_at IS NULL),
   reset AS (DELETE FROM second_factor f USING changed WHERE $11 AND f.account_id = changed.id),
   audited AS (${AUDIT_INSERT('$9')})
   ${OUTBOX_INSERT('$10')}`,
);

/** Decisions of staff about accounts, each in one transaction of two statements. */
export function createAdministration(database: Database): Administration {
  return {
    change: (id, decide) =>
      database.transaction(async (tx) => {
        const accounts = (await tx.query(lock, [id])).map(toAccount);
        const others = accounts.filter((one) => one.id !== id && one.isActive && one.roles.includes('ADMIN'));
        const result = decide(
          accounts.find((one) => one.id === id),
          others.length,
        );
        if (!result.ok || result.value === undefined) return result;
        const change = result.value;
        await tx.query(write, [
          id,
          change.roles,
          change.isActive,
          change.deactivatedAt,
          change.deactivationReason,
          change.now,
          change.events.length,
          change.endSessions,
          auditRows([change.audit]),
          outboxRows(change.events),
          change.resetSecondFactor,
        ]);
        return result;
      }),
  };
}
