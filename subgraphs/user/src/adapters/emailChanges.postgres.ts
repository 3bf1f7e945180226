import { OUTBOX_INSERT, outboxRows } from '@souk/outbox';
import { type Database, sql } from '@souk/postgres';
import { CHANGE_LIFETIME_MS, type ChangeOutcome, type EmailChanges, UNDO_LIFETIME_MS } from '../app/emailChange.js';

/**
 * A condition: nobody but this account (an SQL expression) has the address, nor has given it up so lately that it may be taken back.
 * $now is the placeholder of the time.
 */
export const IS_FREE = (key: string, accountId: string, now: string): string =>
  `NOT EXISTS (SELECT 1 FROM account x WHERE x.email_key = ${key} AND x.id <> ${accountId}) AND ${IS_NOT_HELD(key, accountId, now)}`;

/** Its half about addresses that were given up lately. */
export const IS_NOT_HELD = (key: string, accountId: string, now: string): string =>
  `NOT EXISTS (SELECT 1 FROM email_change h WHERE h.old_email_key = ${key} AND h.account_id <> ${accountId}
     AND h.confirmed_at > ${now}::timestamptz - interval '${UNDO_LIFETIME_MS} milliseconds' AND h.undone_at IS NULL)`;

/** $1 account, $2 its sequence, $3 change, $4 old address and $5 key, $6 new address and $7 key, $8 now, $9 the last time that is long enough ago. */
const request = sql<{ id: string }>(
  'emailChange.request',
  `WITH asked AS (
     UPDATE account a SET sequence = a.sequence + 1
     WHERE a.id = $1 AND a.sequence = $2 AND a.is_active
       AND NOT EXISTS (SELECT 1 FROM email_change c WHERE c.account_id = $1 AND c.requested_at > $9) RETURNING a.id),
   noted AS (
     INSERT INTO email_change (id, account_id, old_email, old_email_key, new_email, new_email_key, requested_at)
     SELECT $3, id, $4, $5, $6, $7, $8 FROM asked),
   voided AS (UPDATE account_token t SET used_at = $8 FROM asked
               WHERE t.account_id = asked.id AND t.purpose = 'CHANGE_EMAIL' AND t.used_at IS NULL),
   forgotten AS (DELETE FROM login_throttle WHERE key = $10),
   outbox AS (${OUTBOX_INSERT('$11')} WHERE EXISTS (SELECT 1 FROM asked))
   SELECT id FROM asked`,
);

const waiting = sql<{ email: string; taken_by: string | null; held: boolean }>(
  'emailChange.waiting',
  `SELECT c.new_email AS email, (SELECT x.email FROM account x WHERE x.email_key = c.new_email_key AND x.id <> c.account_id) AS taken_by,
     NOT (${IS_NOT_HELD('c.new_email_key', 'c.account_id', '$2')}) AS held
   FROM email_change c JOIN account a ON a.id = c.account_id
   WHERE c.id = $1 AND c.confirmed_at IS NULL AND a.is_active
     AND c.requested_at > $2::timestamptz - interval '${CHANGE_LIFETIME_MS} milliseconds'
     AND NOT EXISTS (SELECT 1 FROM email_change l WHERE l.account_id = c.account_id AND l.requested_at > c.requested_at)`,
);

const createConfirm = sql(
  'emailChange.createConfirm',
  `INSERT INTO account_token (hash, account_id, purpose, created_at, expires_at, email_change_id)
   SELECT $2, account_id, 'CHANGE_EMAIL', $3, requested_at + interval '${CHANGE_LIFETIME_MS} milliseconds', id
   FROM email_change WHERE id = $1 AND confirmed_at IS NULL`,
);

const createUndo = sql<{ email: string }>(
  'emailChange.createUndo',
  `WITH change AS (
     SELECT * FROM email_change WHERE id = $1 AND undone_at IS NULL
       AND confirmed_at > $3::timestamptz - interval '${UNDO_LIFETIME_MS} milliseconds'),
   made AS (
     INSERT INTO account_token (hash, account_id, purpose, created_at, expires_at, email_change_id)
     SELECT $2, account_id, 'UNDO_EMAIL_CHANGE', $3, confirmed_at + interval '${UNDO_LIFETIME_MS} milliseconds', id FROM change)
   SELECT old_email AS email FROM change`,
);

const findByToken = sql<{
  used: boolean;
  expired: boolean;
  accountId: string;
  sequence: number;
  changeId: string;
  isActive: boolean;
}>(
  'emailChange.findByToken',
  `SELECT t.used_at IS NOT NULL AS used, t.expires_at <= $3 AS expired, a.id AS "accountId", a.sequence,
     t.email_change_id AS "changeId", a.is_active AS "isActive"
   FROM account_token t JOIN account a ON a.id = t.account_id WHERE t.hash = $1 AND t.purpose = $2::text::token_purpose`,
);

/** The link, and the change that it is about, locked. $1 token, $3 now. */
const LINKED = (purpose: string) => `token AS (
     SELECT email_change_id FROM account_token
     WHERE hash = $1 AND purpose = '${purpose}' AND used_at IS NULL AND expires_at > $3 FOR UPDATE),
   change AS (SELECT c.* FROM email_change c JOIN token ON c.id = token.email_change_id WHERE c.undone_at IS NULL)`;

/** $1 token, $2 sequence, $3 now, $4 outbox. */
const confirm = sql<{ changed: boolean; free: boolean | null }>(
  'emailChange.confirm',
  `WITH ${LINKED('CHANGE_EMAIL')},
   free AS (SELECT ${IS_FREE('change.new_email_key', 'change.account_id', '$3')} AS free FROM change),
   changed AS (
     UPDATE account a SET email = change.new_email, email_key = change.new_email_key, email_verified_at = $3, sequence = a.sequence + 1,
       confirmation_requested_at = NULL, password_reset_requested_at = NULL, updated_at = $3
     FROM change, free WHERE a.id = change.account_id AND free.free AND a.is_active AND a.sequence = $2
       AND change.confirmed_at IS NULL AND a.email_key = change.old_email_key RETURNING a.id),
   confirmed AS (UPDATE email_change c SET confirmed_at = $3 FROM changed, change WHERE c.id = change.id),
   used AS (UPDATE account_token t SET used_at = $3 FROM changed
             WHERE t.account_id = changed.id AND t.purpose <> 'UNDO_EMAIL_CHANGE' AND t.used_at IS NULL),
   outbox AS (${OUTBOX_INSERT('$4')} WHERE EXISTS (SELECT 1 FROM changed))
   SELECT EXISTS (SELECT 1 FROM changed) AS changed, (SELECT free FROM free) AS free`,
);

/** $1 token, $2 sequence, $3 now, $4 password hash, $5 outbox. */
const undo = sql<{ changed: boolean; free: boolean | null }>(
  'emailChange.undo',
  `WITH ${LINKED('UNDO_EMAIL_CHANGE')},
   free AS (SELECT ${IS_FREE('change.old_email_key', 'change.account_id', '$3')} AS free FROM change),
   changed AS (
     UPDATE account a SET email = change.old_email, email_key = change.old_email_key, email_verified_at = $3, password_hash = $4,
       sequence = a.sequence + 1, auth_changed_at = $3, password_reset_requested_at = $3, confirmation_requested_at = NULL, updated_at = $3
     FROM change, free WHERE a.id = change.account_id AND free.free AND a.sequence = $2 RETURNING a.id),
   -- Whoever changed the address may have locked its owner out with an app of theirs.
   unlocked AS (DELETE FROM second_factor f USING changed, change
                 WHERE f.account_id = changed.id AND f.created_at >= change.requested_at),
   void AS (DELETE FROM second_factor_challenge c USING changed WHERE c.account_id = changed.id),
   undone AS (UPDATE email_change c SET undone_at = $3 FROM changed, change
               WHERE c.account_id = changed.id AND c.confirmed_at >= change.confirmed_at AND c.undone_at IS NULL),
   used AS (UPDATE account_token t SET used_at = $3 FROM changed WHERE t.account_id = changed.id AND t.used_at IS NULL),
   ended AS (UPDATE session s SET revoked_at = $3 FROM changed WHERE s.account_id = changed.id AND s.revoked_at IS NULL),
   outbox AS (${OUTBOX_INSERT('$5')} WHERE EXISTS (SELECT 1 FROM changed))
   SELECT EXISTS (SELECT 1 FROM changed) AS changed, (SELECT free FROM free) AS free`,
);

/** Changes of e-mail addresses in Postgres; of a token only its hash is kept. */
export function createEmailChanges(database: Database): EmailChanges {
  return {
    async request(o) {
      const { id, accountId, sequence, old, next, now, notAfter, throttleKey, events } = o;
      const rows = await database.query(request, [
        accountId,
        sequence,
        id,
        old.email,
        old.key,
        next.email,
        next.key,
        now,
        notAfter,
        throttleKey,
        outboxRows(events),
      ]);
      return rows.length === 1;
    },
    async createConfirm({ changeId, hash, now }) {
      const [change] = await database.query(waiting, [changeId, now]);
      if (change === undefined) return undefined;
      if (change.taken_by !== null) return { kind: 'TAKEN', email: change.taken_by };
      if (change.held) return undefined;
      await database.query(createConfirm, [changeId, hash, now]);
      return { kind: 'CONFIRM', email: change.email };
    },
    async createUndo({ changeId, hash, now }) {
      return (await database.query(createUndo, [changeId, hash, now]))[0]?.email;
    },
    async findByToken(purpose, hash, now) {
      const [row] = await database.query(findByToken, [hash, purpose, now]);
      if (row === undefined || row.used) return 'INVALID';
      const { accountId, sequence, changeId, isActive } = row;
      return row.expired ? 'EXPIRED' : { accountId, sequence, changeId, isActive };
    },
    confirm: ({ hash, sequence, now, events }) =>
      outcomeOf(() => database.query(confirm, [hash, sequence, now, outboxRows(events)])),
    undo: ({ hash, sequence, passwordHash, now, events }) =>
      outcomeOf(() => database.query(undo, [hash, sequence, now, passwordHash, outboxRows(events)])),
  };
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const UNIQUE_VIOLATION = '23505';

async function outcomeOf(change: () => Promise<{ changed: boolean; free: boolean | null }[]>): Promise<ChangeOutcome> {
  try {
    const [row] = await change();
    if (row?.changed) return 'DONE';
    return row?.free === false ? 'TAKEN' : 'INVALID';
  } catch (error) {
    // Somebody registered the address in between.
    if (error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION) return 'TAKEN';
    throw error;
  }
}
