import { createHash } from 'node:crypto';
import { type Database, sql } from '@souk/postgres';
import type { ConfirmationStore, SessionStore } from '../app/ports.js';
import type { Session } from '../domain/account.js';
import { ACCOUNT_COLUMNS, type AccountRow, toAccount } from './accountRow.js';

/** Failures that are free; from then on each doubles the wait, from 1 s up to 5 minutes. An hour of rest forgets them. */
const FREE_ATTEMPTS = 5;
const MAX_DELAY_SECONDS = 300;
/** The same for an account as a whole, for attempts from addresses from which it has never signed in: guesses from many addresses. */
const FREE_STRANGE_ATTEMPTS = 50;
const MAX_STRANGE_DELAY_SECONDS = 60;
const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

type NullRow<Row> = { [K in keyof Row]: Row[K] | null };

/**
 * An attempt of a throttle: $3 is its id, $4 its time. What comes before its time counts nothing. The first one holds nobody up: of two that
 * come at once, that which is counted second may have the earlier time.
 */
const COUNT_ATTEMPT = (freeAttempts: number, maxDelaySeconds: number) => `ON CONFLICT (key) DO UPDATE SET
       attempts = CASE WHEN t.not_before > $4 THEN t.attempts
                       WHEN t.last_attempt_at < $4 - interval '1 hour' THEN 1 ELSE t.attempts + 1 END,
       not_before = CASE WHEN t.not_before > $4 THEN t.not_before
                         WHEN t.last_attempt_at < $4 - interval '1 hour' OR t.attempts + 1 < ${freeAttempts} THEN t.not_before
                         ELSE $4 + least(${maxDelaySeconds}, 2 ^ least(t.attempts + 1 - ${freeAttempts}, 20)) * interval '1 second' END,
       last_attempt_id = CASE WHEN t.not_before > $4 THEN t.last_attempt_id ELSE $3 END,
       last_attempt_at = CASE WHEN t.not_before > $4 THEN t.last_attempt_at ELSE $4 END
     RETURNING last_attempt_id = $3 AS counted, not_before`;

/**
 * $1 is the throttle of the account at this address, $5 that of the account wherever attempts come from, $6 the address. The second one
 * counts what the first one lets through, and nothing from addresses from which the account has signed in.
 */
const attempt = sql<
  NullRow<AccountRow> & { password_hash: string | null; counted: boolean; not_before: Date; delayed_until: Date | null }
>(
  'session.attempt',
  `WITH throttle AS (
     INSERT INTO login_throttle AS t (key, attempts, last_attempt_id, last_attempt_at, not_before) VALUES ($1, 1, $3, $4, 'epoch')
     ${COUNT_ATTEMPT(FREE_ATTEMPTS, MAX_DELAY_SECONDS)}),
   strange AS (
     INSERT INTO login_throttle AS t (key, attempts, last_attempt_id, last_attempt_at, not_before)
     SELECT $5, 1, $3, $4, 'epoch' FROM throttle WHERE throttle.counted AND $2 <> '' AND NOT EXISTS (
       SELECT 1 FROM session s JOIN account k ON k.id = s.account_id WHERE k.email_key = $2 AND s.ip = $6)
     ${COUNT_ATTEMPT(FREE_STRANGE_ATTEMPTS, MAX_STRANGE_DELAY_SECONDS)})
   SELECT throttle.counted, throttle.not_before, a.password_hash,
     (SELECT strange.not_before FROM strange WHERE NOT strange.counted) AS delayed_until, ${ACCOUNT_COLUMNS}
     FROM throttle LEFT JOIN account a ON a.email_key = $2`,
);

const create = sql<{ id: string }>(
  'session.create',
  `WITH opened AS (
     INSERT INTO session (id, account_id, user_agent, ip, created_at, last_seen_at, expires_at) SELECT $1, $2, $4, $5, $6, $6, $7
     WHERE NOT EXISTS (SELECT 1 FROM second_factor WHERE account_id = $2 AND confirmed_at IS NOT NULL) RETURNING id),
   token AS (INSERT INTO refresh_token (hash, session_id, created_at) SELECT $3, id, $6 FROM opened),
   forgotten AS (DELETE FROM login_throttle WHERE key = $8)
   SELECT id FROM opened`,
);

const forgive = sql('session.forgive', 'DELETE FROM login_throttle WHERE key = $1');

const rotate = sql<
  NullRow<AccountRow> & {
    outcome: 'ROTATED' | 'UNKNOWN' | 'EXPIRED' | 'REVOKED' | 'REUSED' | 'DISABLED';
    session_id: string | null;
    second_factor_passed: boolean | null;
  }
>(
  'session.rotate',
  `SELECT r.outcome, r.session_id, s.second_factor AS second_factor_passed, ${ACCOUNT_COLUMNS}
     FROM session_rotate($1, $2, $3, $4 * interval '1 millisecond', $5, $6, $7) r
     LEFT JOIN account a ON a.id = r.account_id LEFT JOIN session s ON s.id = r.session_id`,
);

const list = sql<Session>(
  'session.list',
  `SELECT id, user_agent AS "userAgent", ip, created_at AS "createdAt", last_seen_at AS "lastSeenAt", expires_at AS "expiresAt"
     FROM session WHERE account_id = $1 AND revoked_at IS NULL AND expires_at > $2 ORDER BY last_seen_at DESC, id DESC LIMIT 100`,
);

const revoke = sql<{ id: string }>(
  'session.revoke',
  `UPDATE session SET revoked_at = coalesce(revoked_at, $3) WHERE account_id = $1 AND id = $2 RETURNING id`,
);

const revokeAll = sql(
  'session.revokeAll',
  `UPDATE session SET revoked_at = $3 WHERE account_id = $1 AND id IS DISTINCT FROM $2 AND revoked_at IS NULL`,
);

/** Sessions in Postgres; signing in and refreshing are two and one round trips. */
export function createSessionStore(database: Database): SessionStore {
  return {
    async attempt(o) {
      const anywhere = sha256(`${o.emailKey}\nanywhere`);
      const [row] = await database.query(attempt, [o.throttleKey, o.emailKey, o.attemptId, o.now, anywhere, o.ip]);
      if (!row) throw new Error('a login attempt was not counted');
      return {
        delayedUntil: row.counted ? (row.delayed_until ?? undefined) : row.not_before,
        account:
          isAccount(row) && row.password_hash !== null
            ? { account: toAccount(row), passwordHash: row.password_hash }
            : undefined,
      };
    },
    async create(session, throttleKey) {
      const rows = await database.query(create, [
        session.id,
        session.accountId,
        session.refreshHash,
        session.userAgent,
        session.ip,
        session.now,
        session.expiresAt,
        throttleKey,
      ]);
      return rows.length === 1;
    },
    async forgive(throttleKey) {
      await database.query(forgive, [throttleKey]);
    },
    async rotate(o) {
      const [row] = await database.query(rotate, [o.hash, o.newHash, o.now, o.graceMs, o.expiresAt, o.userAgent, o.ip]);
      if (!row) throw new Error('session_rotate answered nothing');
      if (row.outcome !== 'ROTATED') return { outcome: row.outcome };
      if (!isAccount(row) || row.session_id === null) throw new Error('session_rotate answered no account');
      const session = { id: row.session_id, secondFactorPassed: row.second_factor_passed === true };
      return { outcome: 'ROTATED', session, account: toAccount(row) };
    },
    list: (accountId, now) => database.query(list, [accountId, now]),
    revoke: async (accountId, id, now) => (await database.query(revoke, [accountId, id, now])).length === 1,
    async revokeAll(accountId, except, now) {
      await database.query(revokeAll, [accountId, except ?? null, now]);
    },
  };
}

const createConfirmation = sql(
  'confirmation.create',
  `INSERT INTO account_token (hash, account_id, purpose, created_at, expires_at) VALUES ($1, $2, 'CONFIRM_EMAIL', $3, $4)`,
);

const useConfirmation = sql<NullRow<AccountRow> & { usable: boolean; expired: boolean; disabled: boolean }>(
  'confirmation.use',
  `WITH token AS (
     SELECT t.hash, t.account_id, t.used_at, t.expires_at, a.is_active FROM account_token t JOIN account a ON a.id = t.account_id
      WHERE t.hash = $1 AND t.purpose = 'CONFIRM_EMAIL' FOR UPDATE),
   used AS (UPDATE account_token t SET used_at = $2 FROM token
             WHERE t.hash = token.hash AND token.used_at IS NULL AND token.expires_at > $2 AND token.is_active RETURNING t.account_id),
   verified AS (UPDATE account v SET email_verified_at = coalesce(v.email_verified_at, $2) FROM used WHERE v.id = used.account_id)
   SELECT EXISTS (SELECT 1 FROM used) AS usable, token.used_at IS NULL AND token.expires_at <= $2 AS expired,
     token.used_at IS NULL AND NOT token.is_active AS disabled, ${ACCOUNT_COLUMNS}
   FROM token JOIN account a ON a.id = token.account_id`,
);

/** Tokens that confirm e-mail addresses; only their hashes are kept. */
export function createConfirmationStore(database: Database): ConfirmationStore {
  return {
    async create(o) {
      await database.query(createConfirmation, [o.hash, o.accountId, o.now, o.expiresAt]);
    },
    async use(hash, now) {
      const [row] = await database.query(useConfirmation, [hash, now]);
      if (!row || !isAccount(row)) return 'INVALID';
      if (row.usable) return { account: { ...toAccount(row), emailVerified: true } };
      if (row.expired) return 'EXPIRED';
      return row.disabled ? 'DISABLED' : 'INVALID';
    },
  };
}

const purge = sql<{ purged: number }>(
  'session.purge',
  `WITH sessions AS (DELETE FROM session WHERE id IN (SELECT id FROM session WHERE expires_at < $1::timestamptz - interval '7 days' LIMIT $2) RETURNING 1),
   tokens AS (DELETE FROM account_token WHERE hash IN (SELECT hash FROM account_token WHERE expires_at < $1::timestamptz - interval '7 days' LIMIT $2) RETURNING 1),
   challenges AS (DELETE FROM second_factor_challenge WHERE hash IN
     (SELECT hash FROM second_factor_challenge WHERE expires_at < $1::timestamptz - interval '1 hour' LIMIT $2) RETURNING 1),
   throttles AS (DELETE FROM login_throttle WHERE key IN (SELECT key FROM login_throttle WHERE last_attempt_at < $1::timestamptz - interval '1 day' LIMIT $2) RETURNING 1)
   SELECT ((SELECT count(*) FROM sessions) + (SELECT count(*) FROM tokens) + (SELECT count(*) FROM challenges) +
     (SELECT count(*) FROM throttles))::int AS purged`,
);

/** Deletes one bounded batch of what is long over, and answers how much that was. */
export const purgeSessions =
  (database: Database) =>
  async (now: Date, limit: number): Promise<number> => {
    const [row] = await database.query(purge, [now, limit]);
    return row?.purged ?? 0;
  };

function isAccount(row: NullRow<AccountRow>): row is AccountRow & NullRow<AccountRow> {
  return row.id !== null;
}
