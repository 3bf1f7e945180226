import { OUTBOX_INSERT, outboxRows } from '@souk/outbox';
import { type Database, sql } from '@souk/postgres';
import type { AccountLinks } from '../app/ports.js';
import { ACCOUNT_COLUMNS, type AccountRow, toAccount } from './accountRow.js';

const find = sql<{ id: string; sequence: number }>(
  'accountLinks.find',
  'SELECT id, sequence FROM account WHERE email_key = $1 AND is_active',
);

/** $1 account, $2 its sequence, $3 now, $4 the last time that is long enough ago, $5 outbox. */
const requestConfirmation = sql<never>(
  'accountLinks.requestConfirmation',
  `WITH asked AS (
     UPDATE account SET confirmation_requested_at = $3, sequence = sequence + 1
     WHERE id = $1 AND sequence = $2 AND email_verified_at IS NULL AND created_at <= $4
       AND coalesce(confirmation_requested_at <= $4, true) RETURNING 1)
   ${OUTBOX_INSERT('$5')} WHERE EXISTS (SELECT 1 FROM asked)`,
);
const requestReset = sql<never>(
  'accountLinks.requestReset',
  `WITH asked AS (
     UPDATE account SET password_reset_requested_at = $3, sequence = sequence + 1
     WHERE id = $1 AND sequence = $2 AND coalesce(password_reset_requested_at <= $4, true) RETURNING 1)
   ${OUTBOX_INSERT('$5')} WHERE EXISTS (SELECT 1 FROM asked)`,
);

/** $1 account, $2 token, $3 now, $4 how long ago it may have been asked for. */
const createReset = sql<{ hash: Buffer }>(
  'accountLinks.createReset',
  `INSERT INTO account_token (hash, account_id, purpose, created_at, expires_at)
   SELECT $2, id, 'RESET_PASSWORD', $3, password_reset_requested_at + $4 * interval '1 millisecond' FROM account
   WHERE id = $1 AND is_active AND password_reset_requested_at > $3::timestamptz - $4 * interval '1 millisecond'
   RETURNING hash`,
);

const findByToken = sql<AccountRow & { used: boolean; expired: boolean }>(
  'accountLinks.findByToken',
  `SELECT t.used_at IS NOT NULL AS used, t.expires_at <= $3 AS expired, ${ACCOUNT_COLUMNS}
   FROM account_token t JOIN account a ON a.id = t.account_id WHERE t.hash = $1 AND t.purpose = $2::text::token_purpose`,
);

/** $1 token, $2 password hash, $3 sequence, $4 now, $5 outbox. */
const resetPassword = sql<{ id: string }>(
  'accountLinks.resetPassword',
  `WITH token AS (
     SELECT account_id FROM account_token
     WHERE hash = $1 AND purpose = 'RESET_PASSWORD' AND used_at IS NULL AND expires_at > $4 FOR UPDATE),
   changed AS (
     UPDATE account a SET password_hash = $2, email_verified_at = coalesce(a.email_verified_at, $4), sequence = a.sequence + 1,
       password_reset_requested_at = NULL, updated_at = $4
     FROM token WHERE a.id = token.account_id AND a.is_active AND a.sequence = $3 RETURNING a.id),
   used AS (UPDATE account_token t SET used_at = $4 FROM changed
            WHERE t.account_id = changed.id AND t.purpose = 'RESET_PASSWORD' AND t.used_at IS NULL),
   ended AS (UPDATE session s SET revoked_at = $4 FROM changed WHERE s.account_id = changed.id AND s.revoked_at IS NULL),
   void AS (DELETE FROM second_factor_challenge c USING changed WHERE c.account_id = changed.id),
   outbox AS (${OUTBOX_INSERT('$5')} WHERE EXISTS (SELECT 1 FROM changed))
   SELECT id FROM changed`,
);

/** Mailed links in Postgres; of a token only its hash is kept. */
export function createAccountLinks(database: Database): AccountLinks {
  return {
    async find(emailKey) {
      return (await database.query(find, [emailKey]))[0];
    },
    async request({ kind, accountId, sequence, now, notAfter, events }) {
      const statement = kind === 'CONFIRM_EMAIL' ? requestConfirmation : requestReset;
      await database.query(statement, [accountId, sequence, now, notAfter, outboxRows(events)]);
    },
    async createReset({ accountId, hash, now, lifetimeMs }) {
      return (await database.query(createReset, [accountId, hash, now, lifetimeMs])).length === 1;
    },
    async findByToken(purpose, hash, now) {
      const [row] = await database.query(findByToken, [hash, purpose, now]);
      if (row === undefined || row.used) return 'INVALID';
      return row.expired ? 'EXPIRED' : toAccount(row);
    },
    async resetPassword({ hash, passwordHash, sequence, now, events }) {
      const rows = await database.query(resetPassword, [hash, passwordHash, sequence, now, outboxRows(events)]);
      return rows.length === 1;
    },
  };
}
