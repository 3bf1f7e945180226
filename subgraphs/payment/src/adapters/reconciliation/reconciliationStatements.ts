import { OUTBOX_INSERT } from '@souk/outbox';
import { sql } from '@souk/postgres';
import type { ComparedPayment } from '../../domain/reconciliation/compareMoney.js';

export interface RunRow {
  readonly id: string;
  readonly provider: string;
  readonly state: 'REQUESTED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED';
  readonly requested_by: string | null;
  readonly range_from: Date | null;
  readonly range_to: Date | null;
  readonly transactions: number;
  readonly mirrored: number;
  readonly fees_booked: number;
  readonly found: number;
  readonly resolved: number;
  readonly error: string | null;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly ended_at: Date | null;
}
const RUN = `r.id, r.provider, r.state, r.requested_by, r.range_from, r.range_to, r.transactions, r.mirrored, r.fees_booked, r.found,
  r.resolved, r.error, r.created_at, r.started_at, r.ended_at`;

export interface DifferenceRow {
  readonly id: string;
  readonly provider: string;
  readonly kind: string;
  readonly subject: string;
  readonly state: 'OPEN' | 'RESOLVED';
  readonly payment_id: string | null;
  readonly order_id: string | null;
  readonly our_cents: number | null;
  readonly our_currency_code: string | null;
  readonly their_cents: number | null;
  readonly their_currency_code: string | null;
  readonly first_seen_at: Date;
  readonly last_seen_at: Date;
  readonly resolved_at: Date | null;
  readonly resolved_by: string | null;
  readonly note: string | null;
}
const DIFFERENCE = `d.id, d.provider, d.kind, d.subject, d.state, d.payment_id, d.order_id, d.our_cents, d.our_currency_code,
  d.their_cents, d.their_currency_code, d.first_seen_at, d.last_seen_at, d.resolved_at, d.resolved_by, d.note`;

/** The open run of a provider is the answer when there is one: the index on open runs decides who came first. */
export const request = sql<RunRow>(
  'reconciliation.request',
  `WITH asked AS (
     INSERT INTO reconciliation_run AS r (id, provider, requested_by) VALUES ($1, $2, $3)
     ON CONFLICT (provider) WHERE state IN ('REQUESTED', 'RUNNING') DO UPDATE SET provider = r.provider RETURNING ${RUN}),
   outbox AS (${OUTBOX_INSERT('$4')} WHERE EXISTS (SELECT 1 FROM asked WHERE asked.id = $1))
   SELECT * FROM asked`,
);
export const last = sql<{ requested_at: Date | null; succeeded_at: Date | null }>(
  'reconciliation.last',
  `SELECT max(created_at) AS requested_at, max(ended_at) FILTER (WHERE state = 'SUCCEEDED') AS succeeded_at
   FROM reconciliation_run WHERE provider = $1`,
);
export const take = sql<{ id: string; provider: string; attempts: number; read_until: Date | null }>(
  'reconciliation.take',
  `UPDATE reconciliation_run r SET state = 'RUNNING', run_token = $1, lease_until = now() + $2 * interval '1 millisecond',
     attempts = r.attempts + 1, started_at = coalesce(r.started_at, now())
   WHERE r.id = (SELECT id FROM reconciliation_run WHERE state = 'REQUESTED' OR (state = 'RUNNING' AND lease_until < now())
     ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
   RETURNING r.id, r.provider, r.attempts,
     (SELECT max(s.range_to) FROM reconciliation_run s WHERE s.provider = r.provider AND s.state = 'SUCCEEDED') AS read_until`,
);
export const extend = sql<{ id: string }>(
  'reconciliation.extend',
  `UPDATE reconciliation_run SET lease_until = now() + $3 * interval '1 millisecond'
   WHERE id = $1 AND run_token = $2 AND state = 'RUNNING' RETURNING id`,
);
export const finish = sql(
  'reconciliation.finish',
  `UPDATE reconciliation_run SET state = 'SUCCEEDED', lease_until = NULL, ended_at = now(), error = NULL, range_from = $3, range_to = $4,
     transactions = $5, mirrored = $6, fees_booked = $7, found = $8, resolved = $9
   WHERE id = $1 AND run_token = $2 AND state = 'RUNNING'`,
);
export const fail = sql(
  'reconciliation.fail',
  `UPDATE reconciliation_run SET state = 'FAILED', lease_until = NULL, ended_at = now(), error = $3
   WHERE id = $1 AND run_token = $2 AND state = 'RUNNING'`,
);

export const keep = sql<{ reference: string }>(
  'reconciliation.keep',
  `INSERT INTO provider_transaction (provider, reference, kind, intent_reference, payment_id, refund_reference, dispute_reference,
     amount_cents, currency_code, fee_cents, fee_currency_code, created_at)
   SELECT $1, t.reference, t.kind, t."intentReference", t."paymentId", t."refundReference", t."disputeReference", t."amountCents",
     t."currencyCode", t."feeCents", t."feeCurrencyCode", t."createdAt"
   FROM jsonb_to_recordset($2::jsonb) AS t(reference text, kind text, "intentReference" text, "paymentId" text,
     "refundReference" text, "disputeReference" text, "amountCents" bigint, "currencyCode" text, "feeCents" bigint,
     "feeCurrencyCode" text, "createdAt" timestamptz)
   ON CONFLICT DO NOTHING RETURNING reference`,
);

/**
 * The payment of a movement `t`: by the intent, or by the id that we wrote into it. Two look-ups by unique keys, whatever Postgres knows
 * of the tables: as a join by OR, all movements were compared with all payments before they were analysed.
 */
const PAYMENT_OF_IT = `LATERAL (
     SELECT id FROM payment WHERE provider = t.provider AND provider_reference = t.intent_reference
     UNION SELECT id FROM payment WHERE id = t.payment_id AND provider IS NOT DISTINCT FROM t.provider) AS p`;

export const unbookedFees = sql<{ reference: string; payment_id: string; cents: number; currency_code: string }>(
  'reconciliation.unbookedFees',
  `SELECT t.reference, p.id AS payment_id, t.fee_cents AS cents, t.fee_currency_code AS currency_code
   FROM provider_transaction t CROSS JOIN ${PAYMENT_OF_IT}
   WHERE t.provider = $1 AND t.fee_booked_at IS NULL AND t.fee_cents <> 0 LIMIT $2`,
);
/** A fee is marked and booked at once, so it is booked once. */
export const bookFees = sql<{ id: string }>(
  'reconciliation.bookFees',
  `WITH fee AS (
     SELECT * FROM jsonb_to_recordset($2::jsonb) AS f(reference text, "paymentId" text, cents bigint, "currencyCode" text,
       "feeEntryId" text, "providerEntryId" text)),
   marked AS (
     UPDATE provider_transaction t SET fee_booked_at = now() FROM fee
     WHERE t.provider = $1 AND t.reference = fee.reference AND t.fee_booked_at IS NULL RETURNING t.reference)
   INSERT INTO ledger_entry (id, transaction_id, payment_id, account, currency_code, amount_cents)
   SELECT entry.id, 'fee:' || $1 || ':' || fee.reference, fee."paymentId", entry.account, fee."currencyCode", entry.cents
   FROM fee JOIN marked USING (reference), LATERAL (VALUES
     (fee."feeEntryId", 'fees:' || $1, fee.cents), (fee."providerEntryId", 'provider:' || $1, -fee.cents)) AS entry(id, account, cents)
   RETURNING id`,
);

export const scope = sql<{ id: string }>(
  'reconciliation.scope',
  `SELECT p.id FROM provider_transaction t CROSS JOIN ${PAYMENT_OF_IT} WHERE t.provider = $1 AND t.created_at >= $2
   UNION SELECT p.id FROM ledger_entry l JOIN payment p ON p.id = l.payment_id WHERE l.id >= $3 AND p.provider = $1
   UNION SELECT d.payment_id FROM reconciliation_difference d
     WHERE d.provider = $1 AND d.state = 'OPEN' AND d.payment_id IS NOT NULL
   ORDER BY 1`,
);

/**
 * What the provider lists of a payment: each half by an index of its own, whatever Postgres knows of the list, which grows by thousands
 * before it is analysed. Asked for by OR, or with a provider that can be looked up, it was read whole for each payment.
 */
const LISTED = `SELECT * FROM provider_transaction WHERE provider = p.provider AND intent_reference = p.provider_reference
         UNION ALL
         SELECT * FROM provider_transaction WHERE payment_id = p.id AND provider IS NOT DISTINCT FROM p.provider
           AND intent_reference IS DISTINCT FROM p.provider_reference`;

/** The ledger counts captures as credits of the account of the orders, refunds as debits; a refund that came back is both. */
export const compared = sql<{ payment: ComparedPayment }>(
  'reconciliation.compared',
  `SELECT json_build_object('paymentId', p.id, 'orderId', p.order_id, 'intentReference', p.provider_reference,
     'currencyCode', p.currency_code, 'capturedCents', p.captured_cents, 'refundedCents', p.refunded_cents,
     'ledgerCapturedCents', coalesce(booked.captured, 0), 'ledgerRefundedCents', coalesce(booked.refunded, 0),
     'settled', coalesce(booked.last_at < $2, true),
     'refunds', (SELECT coalesce(json_agg(json_build_object('reference', r.provider_reference, 'cents', r.amount_cents)), '[]'::json)
       FROM refund r WHERE r.payment_id = p.id AND r.state = 'SUCCEEDED' AND r.provider_reference IS NOT NULL),
     'disputes', (SELECT coalesce(json_agg(json_build_object('reference', d.provider_reference, 'cents', d.amount_cents)), '[]'::json)
       FROM dispute d WHERE d.payment_id = p.id AND EXISTS (
         SELECT 1 FROM ledger_entry w WHERE w.transaction_id = 'dispute:' || d.id || ':withdrawn')),
     'listed', (SELECT coalesce(json_agg(json_build_object('kind', t.kind, 'cents', t.amount_cents, 'currencyCode', t.currency_code,
         'subject', coalesce(CASE WHEN t.kind LIKE 'REFUND%' THEN t.refund_reference WHEN t.kind LIKE 'DISPUTE%' THEN t.dispute_reference
           ELSE t.intent_reference END, t.reference))), '[]'::json)
       FROM (${LISTED}) AS t
       WHERE t.kind IN ('CAPTURE', 'REFUND', 'REFUND_REVERSAL', 'DISPUTE', 'DISPUTE_REVERSAL'))) AS payment
   FROM payment p CROSS JOIN LATERAL (
     SELECT -sum(l.amount_cents) FILTER (WHERE l.transaction_id LIKE 'capture:%') AS captured,
       sum(l.amount_cents) FILTER (WHERE l.refund_id IS NOT NULL) AS refunded,
       max(l.created_at) AS last_at
     FROM ledger_entry l WHERE l.payment_id = p.id AND l.account = 'orders') AS booked
   WHERE p.id = ANY ($1) ORDER BY p.id`,
);

export const unknown = sql<{ subject: string; cents: number; currency_code: string }>(
  'reconciliation.unknown',
  `SELECT lower(t.kind) || ':' || t.reference AS subject, t.amount_cents AS cents, t.currency_code
   FROM provider_transaction t
   WHERE t.provider = $1 AND t.kind IN ('CAPTURE', 'REFUND', 'DISPUTE') AND t.created_at < $3
     AND (t.created_at >= $2 OR EXISTS (SELECT 1 FROM reconciliation_difference d WHERE d.provider = t.provider AND d.state = 'OPEN'
       AND d.payment_id IS NULL AND d.subject = lower(t.kind) || ':' || t.reference))
     AND NOT EXISTS (SELECT 1 FROM ${PAYMENT_OF_IT})`,
);

/**
 * $2 what was found, $3 the payments that were compared, or null for what belongs to none. What staff have settled stays settled
 * unless its amounts have changed; what was gone by itself and is there again is open again.
 */
export const record = sql<{ opened: number; resolved: number }>(
  'reconciliation.record',
  `WITH found AS (
     SELECT * FROM jsonb_to_recordset($2::jsonb) AS f(id text, kind text, subject text, "paymentId" text, "orderId" text,
       "ourCents" bigint, "ourCurrencyCode" text, "theirCents" bigint, "theirCurrencyCode" text)),
   known AS (
     SELECT d.id, d.provider, d.kind, d.subject, d.state = 'OPEN' OR (d.resolved_by NOT LIKE 'service:%'
         AND (d.our_cents, d.their_cents) IS NOT DISTINCT FROM (f."ourCents", f."theirCents")) AS stays
     FROM found f JOIN reconciliation_difference d ON d.provider = $1 AND d.kind = f.kind AND d.subject = f.subject),
   seen AS (
     INSERT INTO reconciliation_difference AS d (id, provider, kind, subject, payment_id, order_id, our_cents, our_currency_code,
       their_cents, their_currency_code)
     SELECT id, $1, kind, subject, "paymentId", "orderId", "ourCents", "ourCurrencyCode", "theirCents", "theirCurrencyCode" FROM found
     ON CONFLICT (provider, kind, subject) DO UPDATE SET last_seen_at = now(), our_cents = excluded.our_cents,
       their_cents = excluded.their_cents, payment_id = excluded.payment_id, order_id = excluded.order_id,
       state = CASE WHEN (SELECT stays FROM known WHERE known.id = d.id) THEN d.state ELSE 'OPEN' END,
       resolved_at = CASE WHEN (SELECT stays FROM known WHERE known.id = d.id) THEN d.resolved_at END,
       resolved_by = CASE WHEN (SELECT stays FROM known WHERE known.id = d.id) THEN d.resolved_by END
     RETURNING d.id),
   gone AS (
     UPDATE reconciliation_difference d SET state = 'RESOLVED', resolved_at = now(), resolved_by = 'service:payment'
     WHERE d.provider = $1 AND d.state = 'OPEN'
       AND CASE WHEN $3::text[] IS NULL THEN d.payment_id IS NULL ELSE d.payment_id = ANY ($3::text[]) END
       AND NOT EXISTS (SELECT 1 FROM found f WHERE f.kind = d.kind AND f.subject = d.subject)
     RETURNING 1)
   SELECT (SELECT count(*) FROM seen WHERE NOT coalesce((SELECT stays FROM known WHERE known.id = seen.id), false))::int AS opened,
     (SELECT count(*) FROM gone)::int AS resolved`,
);
export const resolve = sql<DifferenceRow>(
  'reconciliation.resolve',
  `WITH resolved AS (
     UPDATE reconciliation_difference d SET state = 'RESOLVED', resolved_at = now(), resolved_by = $2, note = $3
     WHERE d.id = $1 AND d.state = 'OPEN' RETURNING ${DIFFERENCE}),
   outbox AS (${OUTBOX_INSERT('$4')} WHERE EXISTS (SELECT 1 FROM resolved))
   SELECT * FROM resolved`,
);
export const byId = sql<DifferenceRow>(
  'reconciliation.byId',
  `SELECT ${DIFFERENCE} FROM reconciliation_difference d WHERE d.id = $1`,
);
/** $3: the id of the last one of the page before; ids sort by time. */
export const differences = sql<DifferenceRow>(
  'reconciliation.differences',
  `SELECT ${DIFFERENCE} FROM reconciliation_difference d
   WHERE ($1::text IS NULL OR d.state = $1) AND ($3::text IS NULL OR d.id < $3) ORDER BY d.id DESC LIMIT $2`,
);
export const runs = sql<RunRow>(
  'reconciliation.runs',
  `SELECT ${RUN} FROM reconciliation_run r WHERE ($2::text IS NULL OR r.id < $2) ORDER BY r.id DESC LIMIT $1`,
);
