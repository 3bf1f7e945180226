import { auditRecords } from '@souk/events';
import { OUTBOX_INSERT, outboxRows } from '@souk/outbox';
import { type Database, sql } from '@souk/postgres';
import type { DraftStore } from '../app/draftPorts.js';
import type { Draft, DraftContent } from '../domain/draft.js';

interface DraftRow {
  readonly id: string;
  readonly state: Draft['state'];
  readonly content: DraftContent;
  readonly order_id: string | null;
  readonly created_by: string;
  readonly key: string;
  readonly input_hash: string;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

const COLUMNS = `d.id, d.state, d.content, d.order_id, d.created_by, d.key, d.input_hash, d.version, d.created_at, d.updated_at`;

/** `DO UPDATE` so that the row which has the key is answered, whoever committed it. */
const create = sql<DraftRow>(
  'draft.create',
  `WITH made AS (
     INSERT INTO draft_order AS d (id, state, content, email, customer_id, created_by, key, input_hash, version, created_at, updated_at)
     VALUES ($1, 'OPEN', $2, $3, $4, $5, $6, $7, 1, $8, $8)
     ON CONFLICT (key) DO UPDATE SET key = d.key
     RETURNING ${COLUMNS}),
   outbox AS (${OUTBOX_INSERT('$9')} WHERE EXISTS (SELECT 1 FROM made WHERE made.id = $1))
   SELECT * FROM made`,
);
const byIds = sql<DraftRow>('draft.byIds', `SELECT ${COLUMNS} FROM draft_order d WHERE d.id = ANY ($1)`);
const update = sql<DraftRow>(
  'draft.update',
  `WITH changed AS (
     UPDATE draft_order d SET content = $3, email = $4, customer_id = $5, version = d.version + 1, updated_at = $6
     WHERE d.id = $1 AND d.version = $2 AND d.state = 'OPEN' RETURNING ${COLUMNS}),
   outbox AS (${OUTBOX_INSERT('$7')} WHERE EXISTS (SELECT 1 FROM changed))
   SELECT * FROM changed`,
);
const remove = sql<DraftRow>(
  'draft.remove',
  `WITH changed AS (
     UPDATE draft_order d SET state = 'DELETED', version = d.version + 1, updated_at = $2
     WHERE d.id = $1 AND d.state = 'OPEN' RETURNING ${COLUMNS}),
   outbox AS (${OUTBOX_INSERT('$3')} WHERE EXISTS (SELECT 1 FROM changed))
   SELECT * FROM changed`,
);
/** $1 state or null, $2 limit, $3 and $4 the cursor, $5 total. */
const page = sql<DraftRow & { total: number | null }>(
  'draft.page',
  `SELECT ${COLUMNS},
     CASE WHEN $5 THEN (SELECT count(*) FROM draft_order t WHERE CASE WHEN $1::text IS NULL THEN t.state <> 'DELETED' ELSE t.state = $1 END) END AS total
   FROM draft_order d
   WHERE CASE WHEN $1::text IS NULL THEN d.state <> 'DELETED' ELSE d.state = $1 END
     AND ($3::timestamptz IS NULL OR (d.created_at, d.id) < ($3::timestamptz, $4::text))
   ORDER BY d.created_at DESC, d.id DESC LIMIT $2`,
);

/** What the audit log is told about a change of a draft, for the outbox. */
const recordOf = (id: string): string => outboxRows(auditRecords([id]));

/** Drafts in Postgres: each method is one named statement. */
export function createDraftStore(database: Database): DraftStore {
  return {
    async create(draft) {
      const { content, createdBy, key, inputHash, createdAt } = draft;
      const params = [draft.id, JSON.stringify(content), content.email, content.customerId, createdBy, key, inputHash];
      const [row] = await database.query(create, [...params, createdAt, recordOf(draft.id)]);
      if (row === undefined) throw new Error('a draft was neither made nor found');
      return draftRowOf(row);
    },
    async byIds(ids) {
      const found = new Map((await database.query(byIds, [ids])).map((row) => [row.id, draftRowOf(row)]));
      return ids.map((id) => found.get(id));
    },
    async update(id, version, content, now) {
      const params = [id, version, JSON.stringify(content), content.email, content.customerId, now, recordOf(id)];
      const [row] = await database.query(update, params);
      return row && draftRowOf(row);
    },
    async remove(id, now) {
      const [row] = await database.query(remove, [id, now, recordOf(id)]);
      return row && draftRowOf(row);
    },
    async page({ state, first, after, totalCount }) {
      const params = [state, first + 1, after?.createdAt ?? null, after?.id ?? null, totalCount];
      const rows = await database.query(page, params);
      return {
        drafts: rows.slice(0, first).map(draftRowOf),
        hasNextPage: rows.length > first,
        totalCount: totalCount ? (rows[0]?.total ?? 0) : undefined,
      };
    },
  };
}

function draftRowOf(row: DraftRow): Draft {
  return {
    id: row.id,
    state: row.state,
    content: row.content,
    orderId: row.order_id,
    createdBy: row.created_by,
    key: row.key,
    inputHash: row.input_hash,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
