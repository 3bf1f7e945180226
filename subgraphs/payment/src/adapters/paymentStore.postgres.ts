import { auditRecords } from '@souk/events';
import { handOver } from '@souk/outbox';
import { type Database, isDue, sql } from '@souk/postgres';
import { failpoint } from '@souk/runtime';
import type { PaymentChange, PaymentStore } from '../app/ports.js';
import { DISPUTE_COLUMNS, type DisputeRow, disputeOf } from './disputeRow.js';
import { applyChange, changeParams } from './paymentChange.postgres.js';
import { type PaymentRow, paymentColumns, paymentOf } from './paymentRow.js';

const byIds = sql<PaymentRow>('payment.byIds', `SELECT ${paymentColumns('$2')} FROM payment p WHERE p.id = ANY ($1)`);
const byOrderIds = sql<PaymentRow>(
  'payment.byOrderIds',
  `SELECT ${paymentColumns('$2')} FROM payment p WHERE p.order_id = ANY ($1) ORDER BY p.created_at, p.id`,
);
const ofIntent = sql<PaymentRow>(
  'payment.ofIntent',
  `SELECT ${paymentColumns('false')} FROM payment p
   WHERE p.provider = $1 AND (p.provider_reference = $2 OR (p.id = $3 AND ($2::text IS NULL OR p.provider_reference IS NULL)))
   ORDER BY p.provider_reference NULLS LAST LIMIT 1`,
);
const forEvent = sql<PaymentRow & { found: string | null; applied: boolean }>(
  'payment.forEvent',
  `SELECT seen.applied, found.id AS found, found.*
   FROM (SELECT EXISTS (SELECT 1 FROM processed_event WHERE event_id = $2 AND consumer = 'payment') AS applied) AS seen
   LEFT JOIN LATERAL (SELECT ${paymentColumns('false')} FROM payment p WHERE p.order_id = $1) AS found ON true
   ORDER BY found.created_at, found.id`,
);
const disputesOf = sql<DisputeRow>(
  'payment.disputesOf',
  `SELECT ${DISPUTE_COLUMNS} FROM dispute d WHERE d.payment_id = ANY ($1) ORDER BY d.created_at, d.id`,
);
const markApplied = sql(
  'payment.markApplied',
  `INSERT INTO processed_event (event_id, consumer) VALUES ($1, 'payment') ON CONFLICT DO NOTHING`,
);

/** $1 the new payment, $2 scope, $3 key, $4 input hash. No row when the key was used with other input. */
const open = sql<PaymentRow>(
  'payment.open',
  `WITH proposed AS (
     SELECT * FROM jsonb_to_record($1::jsonb) AS n(id text, "orderId" text, "purposeId" text, "orderNumber" text, "customerId" text,
       provider text, "captureMethod" text, "currencyCode" text, "amountCents" bigint, "payableUntil" timestamptz,
       "customerReference" text, "methodReference" text, "saveMethod" boolean, "returnUrl" text, "reconcileAt" timestamptz,
       "createdAt" timestamptz)),
   request AS (
     INSERT INTO session_request AS r (scope, key, input_hash, order_id) SELECT $2, $3, $4, "orderId" FROM proposed
     ON CONFLICT (scope, key) DO UPDATE SET key = r.key RETURNING input_hash),
   opened AS (
     INSERT INTO payment AS p (id, order_id, purpose_id, order_number, customer_id, provider, capture_method, state, currency_code,
       amount_cents, payable_until, customer_reference, method_reference, save_method, return_url, reconcile_at, created_at)
     SELECT n.id, n."orderId", n."purposeId", n."orderNumber", n."customerId", n.provider, n."captureMethod", 'CREATED',
       n."currencyCode", n."amountCents", n."payableUntil", n."customerReference", n."methodReference", n."saveMethod",
       n."returnUrl", n."reconcileAt", n."createdAt"
     FROM proposed n JOIN request ON request.input_hash = $4
     ON CONFLICT (purpose_id) WHERE NOT replaced DO UPDATE SET purpose_id = p.purpose_id
     RETURNING *)
   SELECT ${paymentColumns('false')} FROM opened p`,
);

/**
 * The next time is set here, doubling from 8 seconds to ten minutes since the payment last changed: it is also the lease of the process
 * that got it, so what a dead one had taken is taken again at once. Authorized
 * money that nobody captures or voids may wait for days: it is asked about four times a day, to notice when it lapses.
 */
const takeUnsettled = sql<PaymentRow>(
  'payment.takeUnsettled',
  `UPDATE payment p SET reconciliations = p.reconciliations + 1,
     reconcile_at = now() + least(interval '8 seconds' * 2 ^ least(p.reconciliations, 10),
       CASE WHEN p.state = 'AUTHORIZED' AND NOT p.cancel_requested
         AND NOT EXISTS (SELECT 1 FROM capture k WHERE k.payment_id = p.id AND k.state = 'PENDING')
       THEN interval '6 hours' ELSE interval '10 minutes' END)
   WHERE p.id IN (SELECT id FROM payment WHERE ${isDue('reconcile_at')} ORDER BY reconcile_at LIMIT $1 FOR UPDATE SKIP LOCKED)
   RETURNING ${paymentColumns('false')}`,
);
const takeRefunds = sql<{ payment_id: string; id: string }>(
  'payment.takeRefunds',
  `UPDATE refund r SET attempts = r.attempts + 1,
     attempt_at = now() + least(interval '8 seconds' * 2 ^ least(r.attempts, 10), interval '10 minutes')
   WHERE r.id IN (SELECT id FROM refund WHERE ${isDue('attempt_at')} ORDER BY attempt_at LIMIT $1 FOR UPDATE SKIP LOCKED)
   RETURNING r.payment_id, r.id`,
);

async function writeOne(database: Database, change: PaymentChange | undefined): Promise<boolean> {
  return change === undefined || (await database.query(applyChange, changeParams(change, database))).length === 1;
}

/** Locks payments in the order that it is given. */
async function writeAll(database: Database, changes: readonly PaymentChange[]): Promise<boolean> {
  const undo = new Error('a payment has changed since it was read');
  try {
    await database.transaction(async (tx) => {
      for (const change of changes) {
        if ((await tx.query(applyChange, changeParams(change, database))).length === 0) throw undo;
      }
    });
    return true;
  } catch (error) {
    if (error === undo) return false;
    throw error;
  }
}

/** The change with what the audit log is told about it. */
const recorded = (change: PaymentChange): PaymentChange => ({
  ...change,
  published: [...(change.published ?? []), ...auditRecords([change.after.id])],
});

/** Payments in Postgres: each method is one named statement, but for changes of several payments. */
export function createPaymentStore(database: Database): PaymentStore {
  async function writeBetween(
    changes: readonly PaymentChange[],
    write: (changes: readonly PaymentChange[]) => Promise<boolean>,
  ): Promise<boolean> {
    await failpoint('payment.apply.before');
    const written = await write(changes);
    if (written) for (const change of changes) handOver(database, change.published ?? []);
    await failpoint('payment.apply.after');
    return written;
  }
  return {
    async open({ payment, scope, key, inputHash }) {
      const [row] = await database.query(open, [JSON.stringify(payment), scope, key, inputHash]);
      return row === undefined ? 'KEY_REUSED' : paymentOf(row);
    },
    async byIds(ids, history) {
      const rows = await database.query(byIds, [ids, history]);
      const found = new Map(rows.map((row) => [row.id, paymentOf(row)]));
      return ids.map((id) => found.get(id));
    },
    async byOrderIds(orderIds, history) {
      return (await database.query(byOrderIds, [orderIds, history])).map(paymentOf);
    },
    async ofIntent(provider, reference, paymentId) {
      const [row] = await database.query(ofIntent, [provider, reference, paymentId]);
      return row && paymentOf(row);
    },
    async forEvent(orderId, eventId) {
      const rows = await database.query(forEvent, [orderId, eventId]);
      return {
        payments: rows.filter((row) => row.found !== null).map(paymentOf),
        applied: rows[0]?.applied ?? false,
      };
    },
    apply: (change) => writeBetween([recorded(change)], ([one]) => writeOne(database, one)),
    applyAll: (changes) =>
      writeBetween(changes.map(recorded), (all) =>
        all.length === 1 ? writeOne(database, all[0]) : writeAll(database, all),
      ),
    async disputesOf(paymentIds) {
      return (await database.query(disputesOf, [paymentIds])).map(disputeOf);
    },
    async markApplied(eventId) {
      await database.query(markApplied, [eventId]);
    },
    async takeUnsettled(limit) {
      return (await database.query(takeUnsettled, [limit])).map(paymentOf);
    },
    async takeRefunds(limit) {
      const rows = await database.query(takeRefunds, [limit]);
      return rows.map((row) => ({ paymentId: row.payment_id, refundId: row.id }));
    },
  };
}
