import { OUTBOX_INSERT, outboxRows } from '@souk/outbox';
import { type Database, sql } from '@souk/postgres';
import type { CountedAttempt, SecondFactorStore } from '../app/secondFactorPorts.js';
import { ACCOUNT_COLUMNS, type AccountRow, toAccount } from './accountRow.js';
import { AUDIT_INSERT, auditRows } from './auditLog.postgres.js';

/** Wrong codes that are free; from then on each doubles the wait, from 1 s to 15 minutes. A right one, or a day of rest, forgets them. */
const FREE_ATTEMPTS = 5;
const MAX_DELAY_SECONDS = 900;
/** How many codes may be tried on one challenge. */
const CHALLENGE_ATTEMPTS = 5;

/**
 * Counts an attempt on `f` before anything is verified; $2 is the attempt, $3 now. One that has to wait is not counted. Free ones leave `not_before`
 * as it is: of two at once the one that is a millisecond younger must not make the other wait.
 */
const COUNT_ATTEMPT = `
  failures = CASE WHEN f.not_before > $3 THEN f.failures
                  WHEN f.last_attempt_at < $3::timestamptz - interval '1 day' THEN 1 ELSE f.failures + 1 END,
  not_before = CASE WHEN f.not_before > $3 THEN f.not_before
                    WHEN f.last_attempt_at < $3::timestamptz - interval '1 day' OR f.failures + 1 < ${FREE_ATTEMPTS} THEN f.not_before
                    ELSE $3::timestamptz + least(${MAX_DELAY_SECONDS}, 2 ^ least(f.failures + 1 - ${FREE_ATTEMPTS}, 20)) * interval '1 second' END,
  last_attempt_id = CASE WHEN f.not_before > $3 THEN f.last_attempt_id ELSE $2 END,
  last_attempt_at = CASE WHEN f.not_before > $3 THEN f.last_attempt_at ELSE $3 END`;
const COUNTED = `f.key_id, f.secret, f.last_step, f.confirmed_at IS NOT NULL AS confirmed, f.last_attempt_id = $2 AS counted, f.not_before`;

interface CountedRow {
  key_id: string;
  secret: Buffer;
  last_step: number;
  confirmed: boolean;
  counted: boolean;
  not_before: Date;
}

const toAttempt = (row: CountedRow): CountedAttempt => ({
  sealed: { keyId: row.key_id, secret: row.secret },
  lastStep: row.last_step,
  isConfirmed: row.confirmed,
  delayedUntil: row.counted ? undefined : row.not_before,
});

const enroll = sql<{ account_id: string }>(
  'secondFactor.enroll',
  `INSERT INTO second_factor AS f (account_id, key_id, secret, created_at, not_before) VALUES ($1, $2, $3, $4, 'epoch')
   ON CONFLICT (account_id) DO UPDATE SET key_id = $2, secret = $3, created_at = $4 WHERE f.confirmed_at IS NULL
   RETURNING account_id`,
);

const attempt = sql<CountedRow>(
  'secondFactor.attempt',
  `UPDATE second_factor f SET ${COUNT_ATTEMPT} WHERE f.account_id = $1 RETURNING ${COUNTED}`,
);

/** $1 account, $2 its session, $3 the secret that was confirmed, $4 step, $5 recovery codes, $6 now, $7 outbox. */
const enable = sql<{ account_id: string }>(
  'secondFactor.enable',
  `WITH enabled AS (
     UPDATE second_factor SET confirmed_at = $6, last_step = $4, failures = 0, not_before = 'epoch'
     WHERE account_id = $1 AND confirmed_at IS NULL AND secret = $3 RETURNING account_id),
   codes AS (INSERT INTO recovery_code (hash, account_id, created_at) SELECT code, account_id, $6 FROM enabled, unnest($5::bytea[]) AS code),
   kept AS (UPDATE session s SET second_factor = true FROM enabled WHERE s.account_id = enabled.account_id AND s.id = $2),
   ended AS (UPDATE session s SET revoked_at = $6 FROM enabled
             WHERE s.account_id = enabled.account_id AND s.id <> $2 AND s.revoked_at IS NULL),
   changed AS (UPDATE account a SET sequence = a.sequence + 1, updated_at = $6 FROM enabled WHERE a.id = enabled.account_id),
   outbox AS (${OUTBOX_INSERT('$7')} WHERE EXISTS (SELECT 1 FROM enabled))
   SELECT account_id FROM enabled`,
);

/** Uses up a code of $1: time step $2, or the recovery code with hash $3. `f` is the second factor, of which this makes `proved`. */
const PROOF = `code AS (UPDATE recovery_code SET used_at = $4 WHERE account_id = $1 AND hash = $3 AND used_at IS NULL RETURNING 1),
   proved AS (
     UPDATE second_factor f SET last_step = coalesce($2::int, f.last_step), failures = 0, not_before = 'epoch'
     WHERE f.account_id = $1 AND f.confirmed_at IS NOT NULL AND (f.last_step < $2 OR EXISTS (SELECT 1 FROM code)) RETURNING f.account_id)`;

const prove = sql<{ account_id: string }>('secondFactor.prove', `WITH ${PROOF} SELECT account_id FROM proved`);

/** $1 account, $2 the session that stays, $3 now, $4 outbox, $5 audit log. Its recovery codes and challenges go with it. */
const disable = sql<{ account_id: string }>(
  'secondFactor.disable',
  `WITH disabled AS (DELETE FROM second_factor WHERE account_id = $1 AND confirmed_at IS NOT NULL RETURNING account_id),
   ended AS (UPDATE session s SET revoked_at = $3 FROM disabled
             WHERE s.account_id = disabled.account_id AND s.id IS DISTINCT FROM $2 AND s.revoked_at IS NULL),
   kept AS (UPDATE session s SET second_factor = false FROM disabled WHERE s.account_id = disabled.account_id AND s.id = $2),
   changed AS (UPDATE account a SET sequence = a.sequence + 1, auth_changed_at = $3, updated_at = $3 FROM disabled
               WHERE a.id = disabled.account_id),
   outbox AS (${OUTBOX_INSERT('$4')} WHERE EXISTS (SELECT 1 FROM disabled)),
   audited AS (${AUDIT_INSERT('$5')} WHERE EXISTS (SELECT 1 FROM disabled))
   SELECT account_id FROM disabled`,
);

const renewCodes = sql<{ account_id: string }>(
  'secondFactor.renewCodes',
  `WITH factor AS (SELECT account_id FROM second_factor WHERE account_id = $1 AND confirmed_at IS NOT NULL FOR UPDATE),
   gone AS (DELETE FROM recovery_code r USING factor WHERE r.account_id = factor.account_id),
   made AS (INSERT INTO recovery_code (hash, account_id, created_at) SELECT code, account_id, $3 FROM factor, unnest($2::bytea[]) AS code)
   SELECT account_id FROM factor`,
);

const read = sql<{ confirmed_at: Date; codes_left: number }>(
  'secondFactor.read',
  `SELECT confirmed_at, (SELECT count(*) FROM recovery_code r WHERE r.account_id = f.account_id AND r.used_at IS NULL) AS codes_left
     FROM second_factor f WHERE account_id = $1 AND confirmed_at IS NOT NULL`,
);

/** The password was right, so its failures are forgotten. What has run out goes. */
const challenge = sql(
  'secondFactor.challenge',
  `WITH gone AS (DELETE FROM second_factor_challenge WHERE account_id = $2 AND expires_at < $3),
   made AS (INSERT INTO second_factor_challenge (hash, account_id, created_at, expires_at) SELECT $1, account_id, $3, $4
              FROM second_factor WHERE account_id = $2)
   DELETE FROM login_throttle WHERE key = $5`,
);

const answer = sql<CountedRow & AccountRow>(
  'secondFactor.answer',
  `WITH challenge AS (
     UPDATE second_factor_challenge SET attempts = attempts + 1
     WHERE hash = $1 AND used_at IS NULL AND expires_at > $3 AND attempts < ${CHALLENGE_ATTEMPTS} RETURNING account_id),
   counted AS (
     UPDATE second_factor f SET ${COUNT_ATTEMPT} FROM challenge
     WHERE f.account_id = challenge.account_id AND f.confirmed_at IS NOT NULL RETURNING f.account_id, ${COUNTED})
   SELECT c.key_id, c.secret, c.last_step, c.confirmed, c.counted, c.not_before, ${ACCOUNT_COLUMNS}
     FROM counted c JOIN account a ON a.id = c.account_id`,
);

/**
 * $1 account, $2 step, $3 recovery code, $4 now, $5 challenge, $6 to $10 the session, $11 and $12 the secret encrypted anew.
 * The challenge is locked first, as in `answer`, so that two answers at once wait for each other and do not deadlock.
 */
const open = sql<{ account_id: string }>(
  'secondFactor.open',
  `WITH challenge AS (
     SELECT c.account_id FROM second_factor_challenge c JOIN account a ON a.id = c.account_id
     WHERE c.hash = $5 AND c.account_id = $1 AND c.used_at IS NULL AND a.is_active FOR UPDATE OF c),
   code AS (UPDATE recovery_code r SET used_at = $4 FROM challenge
            WHERE r.account_id = challenge.account_id AND r.hash = $3 AND r.used_at IS NULL RETURNING 1),
   proved AS (
     UPDATE second_factor f SET last_step = coalesce($2::int, f.last_step), failures = 0, not_before = 'epoch',
       key_id = coalesce($11, f.key_id), secret = coalesce($12, f.secret)
     FROM challenge WHERE f.account_id = challenge.account_id AND f.confirmed_at IS NOT NULL
       AND (f.last_step < $2 OR EXISTS (SELECT 1 FROM code)) RETURNING f.account_id),
   used AS (UPDATE second_factor_challenge c SET used_at = $4 FROM proved WHERE c.hash = $5),
   opened AS (
     INSERT INTO session (id, account_id, user_agent, ip, created_at, last_seen_at, expires_at, second_factor)
     SELECT $6, account_id, $7, $8, $4, $4, $9, true FROM proved RETURNING id),
   token AS (INSERT INTO refresh_token (hash, session_id, created_at) SELECT $10, id, $4 FROM opened)
   SELECT account_id FROM proved`,
);

const keysInUse = sql<{ key_id: string }>('secondFactor.keys', 'SELECT DISTINCT key_id FROM second_factor');

/** Second factors in Postgres. Each method is one round trip. */
export function createSecondFactorStore(database: Database): SecondFactorStore {
  return {
    async enroll({ accountId, sealed, now }) {
      return (await database.query(enroll, [accountId, sealed.keyId, sealed.secret, now])).length === 1;
    },
    async attempt({ accountId, attemptId, now }) {
      const [row] = await database.query(attempt, [accountId, attemptId, now]);
      return row && toAttempt(row);
    },
    async enable({ accountId, sessionId, sealed, step, recoveryHashes, now, events }) {
      const params = [accountId, sessionId, sealed.secret, step, recoveryHashes, now, outboxRows(events)];
      return (await database.query(enable, params)).length === 1;
    },
    async prove({ accountId, step, recoveryHash, now }) {
      return (await database.query(prove, [accountId, step, recoveryHash, now])).length === 1;
    },
    async disable({ accountId, keepSessionId, now, events, audit }) {
      const params = [accountId, keepSessionId, now, outboxRows(events), auditRows(audit)];
      return (await database.query(disable, params)).length === 1;
    },
    async renewCodes({ accountId, recoveryHashes, now }) {
      return (await database.query(renewCodes, [accountId, recoveryHashes, now])).length === 1;
    },
    async read(accountId) {
      const [row] = await database.query(read, [accountId]);
      return row && { enabledAt: row.confirmed_at, recoveryCodesLeft: row.codes_left };
    },
    async challenge({ hash, accountId, now, expiresAt, throttleKey }) {
      await database.query(challenge, [hash, accountId, now, expiresAt, throttleKey]);
    },
    async answer({ hash, attemptId, now }) {
      const [row] = await database.query(answer, [hash, attemptId, now]);
      return row && { ...toAttempt(row), account: toAccount(row) };
    },
    async open({ challengeHash, step, recoveryHash, session, resealed }) {
      const { id, accountId, userAgent, ip, now, expiresAt, refreshHash } = session;
      const params = [accountId, step, recoveryHash, now, challengeHash, id, userAgent, ip, expiresAt, refreshHash];
      const rows = await database.query(open, [...params, resealed?.keyId ?? null, resealed?.secret ?? null]);
      return rows.length === 1;
    },
    async keyIds() {
      return (await database.query(keysInUse)).map(({ key_id }) => key_id);
    },
  };
}
