import { OUTBOX_INSERT, outboxRows } from '@souk/outbox';
import { type Database, sql } from '@souk/postgres';
import { newId } from '@souk/runtime';
import type { PaymentChange } from '../app/ports.js';

/**
 * One decision, written at once: payment, captures, refunds, ledger, history, dispute, events, the webhook that told it and the inbox row of the event
 * that caused it. All of it depends on the payment's version, so nothing is written on a payment that has changed.
 * $1 payment, $2 refunds, $3 ledger, $4 history, $5 disputes, $6 outbox, $7 webhook or null, $8 event or null, $9 captures.
 */
export const applyChange = sql<{ id: string }>(
  'payment.apply',
  `WITH changed AS (
     UPDATE payment p SET state = c.state, amount_cents = c.amount_cents, authorized_cents = c.authorized_cents,
       captured_cents = c.captured_cents, released_cents = c.released_cents, refunded_cents = c.refunded_cents,
       refund_reserved_cents = c.refund_reserved_cents, disputed = c.disputed, charged_back_cents = c.charged_back_cents,
       provider_reference = c.provider_reference, attempt = c.attempt, payable_until = c.payable_until,
       authorized_until = c.authorized_until, customer_reference = c.customer_reference, method_reference = c.method_reference,
       save_method = c.save_method, return_url = c.return_url, failure_code = c.failure_code, failure_message = c.failure_message,
       failure_reference = c.failure_reference, cancel_requested = c.cancel_requested, replaced = c.replaced,
       reconcile_at = c.reconcile_at, reconciliations = 0, version = c.version, updated_at = now()
     FROM jsonb_to_record($1::jsonb) AS c(id text, read_version int, version int, state text, amount_cents bigint,
       authorized_cents bigint, captured_cents bigint, released_cents bigint, refunded_cents bigint, refund_reserved_cents bigint,
       disputed boolean, charged_back_cents bigint, provider_reference text, attempt int, payable_until timestamptz,
       authorized_until timestamptz, customer_reference text, method_reference text, save_method boolean, return_url text,
       failure_code text, failure_message text, failure_reference text, cancel_requested boolean, replaced boolean,
       reconcile_at timestamptz)
     WHERE p.id = c.id AND p.version = c.read_version
     RETURNING p.id, p.provider, p.currency_code),
   captures AS (
     INSERT INTO capture (id, payment_id, amount_cents, final, state, request_key, input_hash, failure_code, captured_before_cents,
       attempt, created_at)
     SELECT k.id, changed.id, k."amountCents", k.final, k.state, k."requestKey", k."inputHash", k."failureCode",
       k."capturedBeforeCents", k.attempt, k."createdAt"
     FROM changed CROSS JOIN jsonb_to_recordset($9::jsonb) AS k(id text, "amountCents" bigint, final boolean, state text,
       "requestKey" text, "inputHash" text, "failureCode" text, "capturedBeforeCents" bigint, attempt int, "createdAt" timestamptz)
     ON CONFLICT (id) DO UPDATE SET state = excluded.state, failure_code = excluded.failure_code, attempt = excluded.attempt,
       updated_at = now()),
   refunds AS (
     INSERT INTO refund (id, payment_id, currency_code, amount_cents, state, reason, initiated_by, return_id, request_key, input_hash,
       provider, provider_reference, failure_code, attempt, attempt_at, created_at)
     SELECT r.id, changed.id, changed.currency_code, r."amountCents", r.state, r.reason, r."initiatedBy", r."returnId",
       r."requestKey", r."inputHash", changed.provider, r."providerReference", r."failureCode", r.attempt, r."attemptAt",
       r."createdAt"
     FROM changed CROSS JOIN jsonb_to_recordset($2::jsonb) AS r(id text, "amountCents" bigint, state text, reason text,
       "initiatedBy" text, "returnId" text, "requestKey" text, "inputHash" text, "providerReference" text, "failureCode" text,
       attempt int, "attemptAt" timestamptz, "createdAt" timestamptz)
     ON CONFLICT (id) DO UPDATE SET state = excluded.state, provider_reference = excluded.provider_reference,
       failure_code = excluded.failure_code, attempt = excluded.attempt, attempt_at = excluded.attempt_at, updated_at = now()),
   ledger AS (
     INSERT INTO ledger_entry (id, transaction_id, payment_id, refund_id, account, currency_code, amount_cents)
     SELECT l.id, l.transaction_id, changed.id, l.refund_id, l.account, changed.currency_code, l.amount_cents
     FROM changed CROSS JOIN jsonb_to_recordset($3::jsonb) AS l(id text, transaction_id text, refund_id text, account text,
       amount_cents bigint)),
   history AS (
     INSERT INTO payment_event (id, payment_id, type, amount_cents, provider_event_id, created_at)
     SELECT h.id, changed.id, h.type, h."amountCents", h."providerEventId", h."createdAt"
     FROM changed CROSS JOIN jsonb_to_recordset($4::jsonb) AS h(id text, type text, "amountCents" bigint,
       "providerEventId" text, "createdAt" timestamptz)),
   disputes AS (
     INSERT INTO dispute (id, payment_id, provider, provider_reference, currency_code, amount_cents, state, status, withdrawn, reason,
       created_at)
     SELECT d.id, changed.id, changed.provider, d.reference, changed.currency_code, d."amountCents", d.state, d.status, d.withdrawn,
       d.reason, d."createdAt"
     FROM changed CROSS JOIN jsonb_to_recordset($5::jsonb) AS d(id text, reference text, "amountCents" bigint, state text, status text,
       withdrawn boolean, reason text, "createdAt" timestamptz)
     ON CONFLICT (provider, provider_reference) DO UPDATE SET state = excluded.state, status = excluded.status,
       withdrawn = excluded.withdrawn, reason = excluded.reason, updated_at = now()),
   outbox AS (${OUTBOX_INSERT('$6')} WHERE EXISTS (SELECT 1 FROM changed)),
   webhook AS (
     UPDATE webhook_event SET status = 'PROCESSED', attempt_at = NULL, processed_at = now(), attempts = attempts + 1, last_error = NULL
     WHERE id = $7 AND EXISTS (SELECT 1 FROM changed)),
   inbox AS (
     INSERT INTO processed_event (event_id, consumer) SELECT $8, 'payment' FROM changed WHERE $8::text IS NOT NULL)
   SELECT id FROM changed`,
);

/** Whoever writes them hands the change's events over after the commit (`handOver`). */
export function changeParams(change: PaymentChange, database: Database): unknown[] {
  const { before, after } = change;
  const payment = {
    id: after.id,
    read_version: before.version,
    version: after.version,
    state: after.state,
    amount_cents: after.amountCents,
    authorized_cents: after.authorizedCents,
    captured_cents: after.capturedCents,
    released_cents: after.releasedCents,
    refunded_cents: after.refundedCents,
    refund_reserved_cents: after.refundReservedCents,
    disputed: after.disputed,
    charged_back_cents: after.chargedBackCents,
    provider_reference: after.providerReference,
    attempt: after.attempt,
    payable_until: after.payableUntil,
    authorized_until: after.authorizedUntil,
    customer_reference: after.customerReference,
    method_reference: after.methodReference,
    save_method: after.saveMethod,
    return_url: after.returnUrl,
    failure_code: after.failureCode,
    failure_message: after.failureMessage,
    failure_reference: after.failureReference,
    cancel_requested: after.cancelRequested,
    replaced: after.replaced,
    reconcile_at: after.reconcileAt,
  };
  const ledger = (change.ledger ?? []).flatMap((transaction) =>
    transaction.entries.map((entry) => ({
      id: newId('led'),
      transaction_id: transaction.id,
      refund_id: transaction.refundId,
      account: entry.account,
      amount_cents: entry.amountCents,
    })),
  );
  return [
    JSON.stringify(payment),
    JSON.stringify(change.refunds ?? []),
    JSON.stringify(ledger),
    JSON.stringify(change.history ?? []),
    JSON.stringify(change.dispute === undefined ? [] : [change.dispute]),
    outboxRows(change.published ?? [], database),
    change.webhookId ?? null,
    change.causedBy ?? null,
    JSON.stringify(change.captures ?? []),
  ];
}
