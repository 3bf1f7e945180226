import { type Database, sql } from '@souk/postgres';
import type { ClaimedEdit, EditStore } from '../app/editPorts.js';
import type { EditState } from '../domain/edit.js';
import { EDIT_COLUMNS, type EditRow, editOf } from './editRow.js';

/** A key is free again when its edit was abandoned: everything that it held was given back under its old id. */
const FREE = `e.state = 'ABANDONED' AND e.input_hash = excluded.input_hash`;

const claim = sql<EditRow>(
  'edit.claim',
  `INSERT INTO order_edit AS e (id, order_id, kind, key, input_hash, state, note, actor, run_token, lease_until, traceparent, correlation_id)
   VALUES ($1, $2, 'EDIT', $3, $4, 'PREPARING', $5, $6, $7, now() + $8 * interval '1 millisecond', $9, $10)
   ON CONFLICT (key) DO UPDATE SET
     id = CASE WHEN ${FREE} THEN excluded.id ELSE e.id END,
     state = CASE WHEN ${FREE} THEN 'PREPARING' ELSE e.state END,
     refusal = CASE WHEN ${FREE} THEN NULL ELSE e.refusal END,
     run_token = CASE WHEN ${FREE} THEN excluded.run_token ELSE e.run_token END,
     lease_until = CASE WHEN ${FREE} THEN excluded.lease_until ELSE e.lease_until END,
     attempts = CASE WHEN ${FREE} THEN 0 ELSE e.attempts END
   RETURNING ${EDIT_COLUMNS}`,
);
const byKey = sql<EditRow>('edit.byKey', `SELECT ${EDIT_COLUMNS} FROM order_edit e WHERE e.key = $1`);
const byIds = sql<EditRow>('edit.byIds', `SELECT ${EDIT_COLUMNS} FROM order_edit e WHERE e.id = ANY ($1)`);
const ofOrders = sql<EditRow>(
  'edit.ofOrders',
  `SELECT ${EDIT_COLUMNS} FROM order_edit e WHERE e.order_id = ANY ($1)
     AND e.state IN ('APPLIED', 'AWAITING_PAYMENT', 'EXPIRED', 'CANCELLED')
   ORDER BY e.created_at DESC, e.id DESC`,
);
const startUndo = sql<{ id: string }>(
  'edit.startUndo',
  `UPDATE order_edit SET state = 'UNDOING', refusal = $3, lease_until = now() + $4 * interval '1 millisecond'
   WHERE id = $1 AND run_token = $2 AND state IN ('PREPARING', 'UNDOING') RETURNING id`,
);
const endRefused = sql(
  'edit.endRefused',
  `UPDATE order_edit SET state = $3, refusal = $4 WHERE id = $1 AND run_token = $2 AND state IN ('PREPARING', 'UNDOING')`,
);
const postpone = sql(
  'edit.postpone',
  `UPDATE order_edit SET lease_until = now() + $3 * interval '1 millisecond' WHERE id = $1 AND run_token = $2 AND state = 'UNDOING'`,
);
const takeOver = sql<EditRow>(
  'edit.takeOver',
  `UPDATE order_edit e SET run_token = $1, lease_until = now() + $2 * interval '1 millisecond', attempts = e.attempts + 1
   FROM (SELECT id FROM order_edit WHERE state IN ('PREPARING', 'UNDOING') AND lease_until < now()
         ORDER BY lease_until LIMIT $3 FOR UPDATE SKIP LOCKED) AS due
   WHERE e.id = due.id
   RETURNING ${EDIT_COLUMNS}`,
);
const overdue = sql<EditRow>(
  'edit.overdue',
  `SELECT ${EDIT_COLUMNS} FROM order_edit e WHERE e.state = 'AWAITING_PAYMENT' AND e.due_at <= now() ORDER BY e.due_at LIMIT $1`,
);

/** Edits in Postgres: each method is one named statement. */
export function createEditStore(database: Database): EditStore {
  return {
    async claim(c, leaseMs) {
      const params = [c.id, c.orderId, c.key, c.inputHash, c.note, c.actor, c.runToken, leaseMs];
      const [row] = await database.query(claim, [...params, c.traceparent, c.correlationId]);
      if (row === undefined) throw new Error('a claim answers one row');
      return editOf(row);
    },
    async byKey(key) {
      const [row] = await database.query(byKey, [key]);
      return row && editOf(row);
    },
    async byIds(ids) {
      const found = new Map((await database.query(byIds, [ids])).map((row) => [row.id, editOf(row)]));
      return ids.map((id) => found.get(id));
    },
    async ofOrders(orderIds) {
      const rows = (await database.query(ofOrders, [orderIds])).map(editOf);
      return orderIds.map((orderId) => rows.filter((edit) => edit.orderId === orderId));
    },
    async startUndo(edit, refusal, leaseMs) {
      const params = [edit.id, edit.runToken, JSON.stringify(refusal), leaseMs];
      return (await database.query(startUndo, params)).length === 1;
    },
    async endRefused(edit, refusal) {
      const state: EditState = refusal.remembered ? 'REFUSED' : 'ABANDONED';
      await database.query(endRefused, [edit.id, edit.runToken, state, JSON.stringify(refusal)]);
    },
    async postpone(edit, delayMs) {
      await database.query(postpone, [edit.id, edit.runToken, delayMs]);
    },
    async takeOver(runToken, leaseMs, limit): Promise<ClaimedEdit[]> {
      return (await database.query(takeOver, [runToken, leaseMs, limit])).map(editOf);
    },
    async overdue(limit) {
      return (await database.query(overdue, [limit])).map(editOf);
    },
  };
}
