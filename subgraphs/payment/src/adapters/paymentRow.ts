import type { HistoryEntry, PaymentState, PaymentView, Refund } from '../domain/payment.js';

type JsonDates<T, K extends keyof T> = Omit<T, K> & { [key in K]: string | Extract<T[key], null> };

/** What `paymentColumns` selects. */
export interface PaymentRow {
  readonly id: string;
  readonly order_id: string;
  readonly order_number: string;
  readonly customer_id: string | null;
  readonly provider: string;
  readonly state: PaymentState;
  readonly currency_code: string;
  readonly amount_cents: number;
  readonly authorized_cents: number;
  readonly captured_cents: number;
  readonly refunded_cents: number;
  readonly refund_reserved_cents: number;
  readonly disputed: boolean;
  readonly provider_reference: string | null;
  readonly attempt: number;
  readonly payable_until: Date;
  readonly failure_code: string | null;
  readonly failure_message: string | null;
  readonly failure_reference: string | null;
  readonly cancel_requested: boolean;
  readonly reconcile_at: Date | null;
  readonly version: number;
  readonly created_at: Date;
  readonly refunds: JsonDates<Refund, 'attemptAt' | 'createdAt'>[];
  /** Null when it was not asked for. */
  readonly history: JsonDates<HistoryEntry, 'createdAt'>[] | null;
}

/** The columns of `payment AS p` with its refunds, and with its history when the condition (a parameter, or `false`) says so. */
export const paymentColumns = (
  history: string,
): string => `p.id, p.order_id, p.order_number, p.customer_id, p.provider, p.state,
  p.currency_code, p.amount_cents, p.authorized_cents, p.captured_cents, p.refunded_cents, p.refund_reserved_cents, p.disputed,
  p.provider_reference, p.attempt, p.payable_until, p.failure_code, p.failure_message, p.failure_reference, p.cancel_requested,
  p.reconcile_at, p.version, p.created_at,
  (SELECT coalesce(json_agg(json_build_object('id', r.id, 'paymentId', r.payment_id, 'amountCents', r.amount_cents,
      'state', r.state, 'reason', r.reason, 'initiatedBy', r.initiated_by, 'requestKey', r.request_key, 'inputHash', r.input_hash,
      'providerReference', r.provider_reference, 'failureCode', r.failure_code, 'attempt', r.attempt, 'attemptAt', r.attempt_at,
      'createdAt', r.created_at) ORDER BY r.created_at, r.id), '[]'::json)
   FROM refund r WHERE r.payment_id = p.id) AS refunds,
  CASE WHEN ${history} THEN (
    SELECT coalesce(json_agg(json_build_object('id', h.id, 'type', h.type, 'amountCents', h.amount_cents,
      'providerEventId', h.provider_event_id, 'createdAt', h.created_at) ORDER BY h.position), '[]'::json)
    FROM payment_event h WHERE h.payment_id = p.id) END AS history`;

/** A row in the domain's words. */
export function paymentOf(row: PaymentRow): PaymentView {
  return {
    id: row.id,
    orderId: row.order_id,
    orderNumber: row.order_number,
    customerId: row.customer_id,
    provider: row.provider,
    state: row.state,
    currencyCode: row.currency_code,
    amountCents: row.amount_cents,
    authorizedCents: row.authorized_cents,
    capturedCents: row.captured_cents,
    refundedCents: row.refunded_cents,
    refundReservedCents: row.refund_reserved_cents,
    disputed: row.disputed,
    providerReference: row.provider_reference,
    attempt: row.attempt,
    payableUntil: row.payable_until,
    failureCode: row.failure_code,
    failureMessage: row.failure_message,
    failureReference: row.failure_reference,
    cancelRequested: row.cancel_requested,
    reconcileAt: row.reconcile_at,
    version: row.version,
    createdAt: row.created_at,
    refunds: row.refunds.map((refund) => ({
      ...refund,
      attemptAt: refund.attemptAt === null ? null : new Date(refund.attemptAt),
      createdAt: new Date(refund.createdAt),
    })),
    history: row.history?.map((entry) => ({ ...entry, createdAt: new Date(entry.createdAt) })),
  };
}
