import { OUTBOX_INSERT, outboxRows } from '@souk/outbox';
import { type Database, sql } from '@souk/postgres';
import type { AccountStore, UserFilter } from '../app/ports.js';
import type { PrismaClient } from '../generated/prisma/client.js';
import { ACCOUNT_COLUMNS, type AccountRow, toAccount } from './accountRow.js';
import { IS_NOT_HELD } from './emailChanges.postgres.js';

const create = sql<{ id: string }>(
  'account.create',
  `WITH created AS (
     INSERT INTO account (id, email, email_key, password_hash, email_verified_at, roles, first_name, last_name, phone, locale, created_at, updated_at)
     SELECT $1, $2, $3, $4, $5::timestamptz, $6::text[]::role[], $7, $8, $9, $10, $11::timestamptz, $11
     WHERE ${IS_NOT_HELD('$3', '$1', '$11')}
     ON CONFLICT (email_key) DO NOTHING RETURNING id),
   published AS (${OUTBOX_INSERT('$12')} WHERE EXISTS (SELECT 1 FROM created))
   SELECT id FROM created`,
);

const readMany = sql<AccountRow>('account.readMany', `SELECT ${ACCOUNT_COLUMNS} FROM account a WHERE a.id = ANY ($1)`);

const findByEmail = sql<AccountRow>(
  'account.findByEmail',
  `SELECT ${ACCOUNT_COLUMNS} FROM account a WHERE a.email_key = $1`,
);

const setPassword = sql(
  'account.setPassword',
  `WITH changed AS (UPDATE account SET password_hash = $2, sequence = sequence + 1, updated_at = $5 WHERE id = $1 RETURNING id),
   told AS (${OUTBOX_INSERT('$6')} WHERE EXISTS (SELECT 1 FROM changed)),
   ended AS (UPDATE session s SET revoked_at = $5 FROM changed
              WHERE s.account_id = changed.id AND s.id <> $3 AND s.revoked_at IS NULL),
   void AS (DELETE FROM second_factor_challenge c USING changed WHERE c.account_id = changed.id)
   DELETE FROM login_throttle WHERE key = $4`,
);

const FILTER = `($1::text IS NULL OR (a.email_key || ' ' || coalesce(a.first_name, '') || ' ' || coalesce(a.last_name, '')) ILIKE $1)
  AND ($2::role IS NULL OR $2 = ANY (a.roles)) AND ($3::boolean IS NULL OR a.is_active = $3)
  AND ($4::timestamptz IS NULL OR a.created_at > $4)`;

const list = sql<AccountRow>(
  'account.list',
  `SELECT ${ACCOUNT_COLUMNS} FROM account a
    WHERE ${FILTER} AND ($5::timestamptz IS NULL OR (a.created_at, a.id) < ($5, $6::text))
    ORDER BY a.created_at DESC, a.id DESC LIMIT $7`,
);

const count = sql<{ total: number }>('account.count', `SELECT count(*) AS total FROM account a WHERE ${FILTER}`);

/** Accounts in Postgres; what no client waits for in numbers goes through Prisma. */
export function createAccountStore(database: Database, prisma: PrismaClient): AccountStore {
  return {
    async create(account, events) {
      const rows = await database.query(create, [
        account.id,
        account.email.email,
        account.email.key,
        account.passwordHash,
        account.emailVerified ? account.createdAt : null,
        account.roles,
        account.profile.firstName ?? null,
        account.profile.lastName ?? null,
        account.profile.phone ?? null,
        account.profile.locale ?? null,
        account.createdAt,
        outboxRows(events),
      ]);
      return rows.length === 1;
    },
    readMany: async (ids) => (await database.query(readMany, [ids])).map(toAccount),
    async findByEmail(emailKey) {
      const [row] = await database.query(findByEmail, [emailKey]);
      return row && toAccount(row);
    },
    async setPassword(o) {
      await database.query(setPassword, [
        o.id,
        o.passwordHash,
        o.keepSessionId,
        o.throttleKey,
        o.now,
        outboxRows(o.events),
      ]);
    },
    async updateProfile(id, profile) {
      await prisma.account.updateMany({ where: { id }, data: profile });
    },
    async list({ filter, first, after }) {
      const rows = await database.query(list, [...filterParams(filter), after?.[0] ?? null, after?.[1] ?? null, first]);
      return rows.map(toAccount);
    },
    async count(filter) {
      const [row] = await database.query(count, filterParams(filter));
      return row?.total ?? 0;
    },
  };
}

function filterParams(filter: UserFilter): unknown[] {
  const search = filter.search?.trim().toLowerCase();
  const pattern = search ? `%${search.replace(/[\\%_]/g, '\\$&')}%` : null;
  return [pattern, filter.role ?? null, filter.isActive ?? null, filter.createdAfter ?? null];
}
