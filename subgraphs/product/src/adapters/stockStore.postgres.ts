import { auditRecords, type EventEnvelope } from '@souk/events';
import { INBOX_CLAIM, OUTBOX_INSERT, outboxRows } from '@souk/outbox';
import { type Database, sql } from '@souk/postgres';
import type { StockAdjusted, StockAnswer, StockEdited, StockMovement, StockStore } from '../app/ports.js';
import { prismaStockLevels } from './stockLevels.prisma.js';

const CONSUMER = 'product';

const reserve = sql<{ answer: StockAnswer }>('stock.reserve', 'SELECT stock_reserve($1, $2, $3, $4) AS answer');
const release = sql<{ answer: StockAnswer }>('stock.release', 'SELECT stock_release($1) AS answer');
const commit = sql<{ answer: StockAnswer }>('stock.commit', 'SELECT stock_commit($1, $2) AS answer');
const extend = sql<{ answer: StockAnswer }>('stock.extend', 'SELECT stock_extend($1, $2) AS answer');
const adjust = sql<{ answer: StockAdjusted }>(
  'stock.adjust',
  `WITH before AS MATERIALIZED (
     SELECT EXISTS (SELECT 1 FROM stock_movement WHERE idempotency_key = $6)
         OR EXISTS (SELECT 1 FROM inventory WHERE variant_id = $1 AND on_hand = $3) AS done),
   adjusted AS MATERIALIZED (SELECT stock_adjust($1, $2, $3, $4, $5, $6, $7) AS answer, before.done FROM before),
   outbox AS (${OUTBOX_INSERT('$8')}
     WHERE EXISTS (SELECT 1 FROM adjusted WHERE answer->>'outcome' = 'APPLIED' AND NOT done))
   SELECT answer FROM adjusted`,
);
const releaseOnce = sql<{ answer: StockAnswer }>(
  'stock.releaseOnce',
  `WITH ${INBOX_CLAIM('$1', '$2')} SELECT stock_release($3, $4) AS answer FROM inbox`,
);
const cancelOnce = sql<{ answer: StockAnswer }>(
  'stock.cancelOnce',
  `WITH ${INBOX_CLAIM('$1', '$2')} SELECT stock_cancel($3, $4) AS answer FROM inbox`,
);
const commitOnce = sql<{ answer: StockAnswer }>(
  'stock.commitOnce',
  `WITH ${INBOX_CLAIM('$1', '$2')} SELECT stock_commit($3, $4) AS answer FROM inbox`,
);
/** The same for orders that hold stock under several ids; most hold it under one, and a function less is called for them. */
const commitAll = sql<{ answer: StockAnswer }>('stock.commitAll', 'SELECT stock_commit_all($1, $2) AS answer');
const releaseAllOnce = sql<{ answer: StockAnswer }>(
  'stock.releaseAllOnce',
  `WITH ${INBOX_CLAIM('$1', '$2')} SELECT stock_release_all($3, $4) AS answer FROM inbox`,
);
const cancelAllOnce = sql<{ answer: StockAnswer }>(
  'stock.cancelAllOnce',
  `WITH ${INBOX_CLAIM('$1', '$2')} SELECT stock_cancel_all($3, $4) AS answer FROM inbox`,
);
const commitAllOnce = sql<{ answer: StockAnswer }>(
  'stock.commitAllOnce',
  `WITH ${INBOX_CLAIM('$1', '$2')} SELECT stock_commit_all($3, $4) AS answer FROM inbox`,
);
/** $3 stock ids, $4 those that are sold, $5 key, $6 variants and $7 quantities that are taken back, $8 actor. */
const editOnce = sql<StockEdited>(
  'stock.editOnce',
  `WITH ${INBOX_CLAIM('$1', '$2')},
   locked AS MATERIALIZED (SELECT stock_lock($3) FROM inbox),
   sold AS MATERIALIZED (
     SELECT CASE WHEN cardinality($4::text[]) > 0 THEN stock_commit_all($4, $8) END AS answer FROM locked)
   SELECT sold.answer AS sold, stock_reduce($3, $5, $6, $7, $8)->'missing' AS missing FROM sold`,
);
const hold = sql<{ answer: StockAnswer }>('stock.hold', 'SELECT stock_hold($1, $2, $3, $4) AS answer');
const releaseAsOf = sql<{ answer: StockAnswer }>('stock.releaseAsOf', 'SELECT stock_release($1, $2) AS answer');
/** $3 stock ids that are sold, $4 key, $5 order, $6 variants and $7 quantities that go back on the shelf, $8 actor. */
const returnOnce = sql<StockEdited>(
  'stock.returnOnce',
  `WITH ${INBOX_CLAIM('$1', '$2')},
   locked AS MATERIALIZED (SELECT stock_lock_return($3, $6) FROM inbox),
   sold AS MATERIALIZED (
     SELECT CASE WHEN cardinality($3::text[]) > 0 THEN stock_commit_all($3, $8) END AS answer FROM locked)
   SELECT sold.answer AS sold, stock_restock($4, $5, $6, $7, $8)->'missing' AS missing FROM sold`,
);
const available = sql<{ variantId: string; available: number }>(
  'stock.available',
  `SELECT variant_id AS "variantId", greatest(on_hand - reserved - safety_stock, 0) AS available
   FROM inventory WHERE variant_id = ANY ($1)`,
);
/**
 * The ledger, with what was promised and given back in between; those do not change the stock on hand. Their ids make a
 * reservation sort before what became of it within the same millisecond.
 */
const movements = sql<StockMovement>(
  'stock.movements',
  `WITH seen AS (
     SELECT id, type::text AS type, quantity, reason::text AS reason, order_id, created_at
     FROM stock_movement WHERE variant_id = $1
     UNION ALL
     SELECT 'hold_' || order_id, 'RESERVATION', -quantity, NULL, order_id, reserved_at
     FROM reservation WHERE variant_id = $1
     UNION ALL
     SELECT 'rel_' || order_id, 'RELEASE', quantity, NULL, order_id, settled_at
     FROM reservation r WHERE variant_id = $1 AND (state = 'RELEASED' OR (state = 'CANCELLED' AND NOT EXISTS (
       SELECT 1 FROM stock_movement m WHERE m.order_id = r.order_id AND m.variant_id = $1)))
   )
   SELECT id, type, quantity, reason, order_id AS "orderId", created_at AS "createdAt" FROM seen
   WHERE $3::text IS NULL OR (created_at, id) < (SELECT created_at, id FROM seen WHERE id = $3)
   ORDER BY created_at DESC, id DESC LIMIT $2`,
);
const overdue = sql<{ orderId: string }>(
  'stock.overdue',
  `SELECT order_id AS "orderId" FROM reservation WHERE state = 'ACTIVE' AND expires_at < $1
   GROUP BY order_id ORDER BY min(expires_at) LIMIT $2`,
);

/** The inventory in Postgres; the rules and the order of the locks are in the functions of the migration. */
export function postgresStockStore(database: Database): StockStore {
  const one = <T>(rows: readonly { answer: T }[]): T => {
    const [row] = rows;
    if (!row) throw new Error('A stock function answered nothing');
    return row.answer;
  };
  async function settleOnce(
    ofOne: typeof commitOnce,
    ofAll: typeof commitAllOnce,
    event: EventEnvelope,
    stockIds: readonly string[],
    by: string,
  ): Promise<StockAnswer | undefined> {
    const [statement, held] = stockIds.length === 1 ? [ofOne, stockIds[0]] : [ofAll, stockIds];
    const rows = await database.query(statement, [event.id, CONSUMER, held, by]);
    return rows[0]?.answer;
  }
  return {
    reserve: async (orderId, lines, expiresAt) =>
      one(
        await database.query(reserve, [
          orderId,
          lines.map(({ variantId }) => variantId),
          lines.map(({ quantity }) => quantity),
          expiresAt,
        ]),
      ),
    hold: async (stockId, lines, expiresAt) =>
      one(
        await database.query(hold, [
          stockId,
          lines.map(({ variantId }) => variantId),
          lines.map(({ quantity }) => quantity),
          expiresAt,
        ]),
      ),
    releaseAsOf: async (stockId, asOf) => one(await database.query(releaseAsOf, [stockId, asOf])),
    async returnOnce(event, { key, orderId, sold, restock }) {
      const rows = await database.query(returnOnce, [
        event.id,
        CONSUMER,
        sold,
        key,
        orderId,
        restock.map(({ variantId }) => variantId),
        restock.map(({ quantity }) => quantity),
        event.actor,
      ]);
      return rows[0];
    },
    release: async (orderId) => one(await database.query(release, [orderId])),
    extend: async (stockIds, expiresAt) => one(await database.query(extend, [stockIds, expiresAt])),
    commit: async (stockIds, actor) =>
      one(
        stockIds.length === 1
          ? await database.query(commit, [stockIds[0], actor])
          : await database.query(commitAll, [stockIds, actor]),
      ),
    releaseOnce: (event, stockIds) => settleOnce(releaseOnce, releaseAllOnce, event, stockIds, event.occurredAt),
    cancelOnce: (event, stockIds) => settleOnce(cancelOnce, cancelAllOnce, event, stockIds, event.actor),
    commitOnce: (event, stockIds) => settleOnce(commitOnce, commitAllOnce, event, stockIds, event.actor),
    async editOnce(event, { key, stockIds, sold, removed }) {
      const rows = await database.query(editOnce, [
        event.id,
        CONSUMER,
        stockIds,
        sold,
        key,
        removed.map(({ variantId }) => variantId),
        removed.map(({ quantity }) => quantity),
        event.actor,
      ]);
      return rows[0];
    },
    adjust: async (a) =>
      one(
        await database.query(adjust, [
          a.variantId,
          a.delta,
          a.target,
          a.expectedOnHand,
          a.reason,
          a.idempotencyKey,
          a.actor,
          outboxRows(auditRecords([a.variantId], [a.reason])),
        ]),
      ),
    async available(variantIds) {
      if (variantIds.length === 0) return new Map();
      const rows = await database.query(available, [variantIds]);
      return new Map(rows.map((row) => [row.variantId, row.available]));
    },
    levels: prismaStockLevels(database),
    movements: (variantId, first, after) => database.query(movements, [variantId, first, after]),
    async overdueOrders(before, limit) {
      return (await database.query(overdue, [before, limit])).map(({ orderId }) => orderId);
    },
    ping: () => database.ping(),
  };
}
