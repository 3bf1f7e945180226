import { INBOX_CLAIM, OUTBOX_INSERT, outboxRows } from '@souk/outbox';
import { type Database, sql } from '@souk/postgres';
import type { DueErasure, Erasures } from '../app/personalDataPorts.js';

/** $1 erasure, $2 account, $3 token, $4 services, $5 now, $6 when it is told again, $7 sequence, $8 outbox. What hangs on the account goes with it. */
const erase = sql<{ id: string }>(
  'erasure.erase',
  `WITH gone AS (DELETE FROM account WHERE id = $2 AND roles = '{CUSTOMER}' RETURNING id),
   tombstone AS (
     INSERT INTO account_erasure (id, account_id, token_hash, sequence, requested_at, tell_at)
     SELECT $1, gone.id, $3, $7::int, $5, $6 FROM gone),
   parts AS (
     INSERT INTO account_erasure_part (erasure_id, service) SELECT $1, service FROM gone, unnest($4::text[]) AS service),
   told AS (${OUTBOX_INSERT('$8')} WHERE EXISTS (SELECT 1 FROM gone))
   SELECT id FROM gone`,
);

const byToken = sql<{ id: string; requestedAt: Date; parts: { service: string; erasedAt: string | null }[] }>(
  'erasure.byToken',
  `SELECT e.id, e.requested_at AS "requestedAt",
     (SELECT json_agg(json_build_object('service', p.service, 'erasedAt', p.erased_at) ORDER BY p.service)
      FROM account_erasure_part p WHERE p.erasure_id = e.id) AS parts
   FROM account_erasure e WHERE e.token_hash = $1`,
);

const acknowledge = sql<never>(
  'erasure.acknowledge',
  `WITH ${INBOX_CLAIM('$1', "'user'")}
   UPDATE account_erasure_part SET erased_at = $4
   WHERE erasure_id = $2 AND service = $3 AND erased_at IS NULL AND EXISTS (SELECT 1 FROM inbox)`,
);

const due = sql<DueErasure>(
  'erasure.due',
  `SELECT e.id, e.account_id AS "accountId", e.sequence, e.told,
     NOT EXISTS (SELECT 1 FROM account_erasure_part p WHERE p.erasure_id = e.id AND p.erased_at IS NULL) AS "isComplete"
   FROM account_erasure e WHERE e.tell_at <= $1 ORDER BY e.tell_at LIMIT $2`,
);

/** $1 erasure, $2 its sequence, $3 the next time or null, $4 outbox, which may be empty. */
const tell = sql<never>(
  'erasure.tell',
  `WITH changed AS (
     UPDATE account_erasure SET tell_at = $3, sequence = sequence + jsonb_array_length($4::jsonb), told = told + jsonb_array_length($4::jsonb)
     WHERE id = $1 AND sequence = $2 AND tell_at IS NOT NULL RETURNING 1)
   ${OUTBOX_INSERT('$4')} WHERE EXISTS (SELECT 1 FROM changed)`,
);

/** Deleted accounts in Postgres: each method is one named statement. */
export function createErasures(database: Database): Erasures {
  return {
    async erase({ id, accountId, tokenHash, services, now, tellAt, sequence, events }) {
      const params = [id, accountId, tokenHash, services, now, tellAt, sequence, outboxRows(events)];
      return (await database.query(erase, params)).length === 1;
    },
    async byToken(tokenHash) {
      const [row] = await database.query(byToken, [tokenHash]);
      if (row === undefined) return undefined;
      const parts = row.parts.map(({ service, erasedAt }) => ({
        service,
        erasedAt: erasedAt ? new Date(erasedAt) : null,
      }));
      return { ...row, parts };
    },
    async acknowledge({ eventId, erasureId, service, at }) {
      await database.query(acknowledge, [eventId, erasureId, service, at]);
    },
    due: (now, limit) => database.query(due, [now, limit]),
    async tell({ erasure, tellAt, events }) {
      await database.query(tell, [erasure.id, erasure.sequence, tellAt, outboxRows(events)]);
    },
  };
}
