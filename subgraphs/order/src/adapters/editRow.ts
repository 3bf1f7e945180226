import { sql, type Transaction } from '@souk/postgres';
import type { ClaimedEdit, EditWrite } from '../app/editPorts.js';
import type { EditPlan, EditRefusal, EditState, OrderEdit } from '../domain/edit.js';

export interface EditRow {
  readonly id: string;
  readonly order_id: string;
  readonly kind: OrderEdit['kind'];
  readonly key: string;
  readonly input_hash: string;
  readonly state: EditState;
  readonly plan: EditPlan | null;
  readonly due_at: Date | null;
  readonly payment_id: string | null;
  readonly refusal: EditRefusal | null;
  readonly note: string | null;
  readonly actor: string;
  readonly created_at: Date;
  readonly settled_at: Date | null;
  readonly run_token: string;
  readonly lease_expired: boolean;
  readonly attempts: number;
  readonly traceparent: string;
  readonly correlation_id: string;
}

/** The columns of `order_edit AS e`. */
export const EDIT_COLUMNS = `e.id, e.order_id, e.kind, e.key, e.input_hash, e.state, e.plan, e.due_at, e.payment_id, e.refusal, e.note,
  e.actor, e.created_at, e.settled_at, e.run_token, e.lease_until < now() AS lease_expired, e.attempts, e.traceparent, e.correlation_id`;

export function editOf(row: EditRow): ClaimedEdit {
  return {
    id: row.id,
    orderId: row.order_id,
    kind: row.kind,
    key: row.key,
    inputHash: row.input_hash,
    state: row.state,
    plan: row.plan,
    dueAt: row.due_at,
    paymentId: row.payment_id,
    refusal: row.refusal,
    note: row.note,
    actor: row.actor,
    createdAt: row.created_at,
    settledAt: row.settled_at,
    runToken: row.run_token,
    leaseExpired: row.lease_expired,
    attempts: row.attempts,
    traceparent: row.traceparent,
    correlationId: row.correlation_id,
  };
}

/** The edit does not stand as its change was decided on: somebody else has ended it, or has taken its key. */
export class EditTaken extends Error {
  override readonly name = 'EditTaken';
}

/** $2 the state that is expected, $3 the run token that goes with PREPARING. */
const settle = sql<{ id: string }>(
  'edit.settle',
  `UPDATE order_edit e SET state = n.state, plan = n.plan, difference_cents = n."differenceCents", due_at = n."dueAt",
     payment_id = n."paymentId", settled_at = n."settledAt"
   FROM jsonb_to_record($1::jsonb) AS n(id text, state text, plan jsonb, "differenceCents" bigint, "dueAt" timestamptz,
     "paymentId" text, "settledAt" timestamptz)
   WHERE e.id = n.id AND e.state = $2 AND ($3::text IS NULL OR e.run_token = $3)
   RETURNING e.id`,
);

const insert = sql<{ id: string }>(
  'edit.insert',
  `INSERT INTO order_edit (id, order_id, kind, key, input_hash, state, plan, difference_cents, due_at, payment_id, note, actor,
     run_token, lease_until, traceparent, correlation_id, created_at, settled_at)
   SELECT n.id, n."orderId", n.kind, n.key, n."inputHash", n.state, n.plan, n."differenceCents", n."dueAt", n."paymentId", n.note,
     n.actor, n.id, n."createdAt", '', '', n."createdAt", n."settledAt"
   FROM jsonb_to_record($1::jsonb) AS n(id text, "orderId" text, kind text, key text, "inputHash" text, state text, plan jsonb,
     "differenceCents" bigint, "dueAt" timestamptz, "paymentId" text, note text, actor text, "createdAt" timestamptz,
     "settledAt" timestamptz)
   ON CONFLICT (key) DO NOTHING
   RETURNING id`,
);

/** Writes an edit in the transaction of its order's change. Throws EditTaken, and with that undoes the change. */
export async function writeEdit(tx: Transaction, { edit, from }: EditWrite): Promise<void> {
  const { plan } = edit;
  const differenceCents = plan === null ? null : plan.after.totalCents - plan.before.totalCents;
  const json = JSON.stringify({ ...edit, differenceCents });
  const rows =
    from === null
      ? await tx.query(insert, [json])
      : await tx.query(settle, [json, from.state, from.state === 'PREPARING' ? from.runToken : null]);
  if (rows.length === 0) throw new EditTaken(`edit ${edit.id} is no longer as it was`);
}
