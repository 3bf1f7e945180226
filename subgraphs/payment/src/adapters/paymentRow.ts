import type { Capture, CaptureMethod, HistoryEntry, PaymentState, PaymentView, Refund } from '../domain/payment.js';

type JsonDates<T, K extends keyof T> = Omit<T, K> & { [key in K]: string | Extract<T[key], null> };

/** What `paymentColumns` selects. */
export interface PaymentRow {
  readonly id: string;
  readonly order_id: string;
  readonly purpose_id: string;
  readonly order_number: string;
  readonly customer_id: string | null;
  readonly provider: string;
  readonly capture_method: CaptureMethod;
  readonly state: PaymentState;
  readonly currency_code: string;
  readonly amount_cents: number;
  readonly authorized_cents: number;
  readonly captured_cents: number;
  readonly released_cents: number;
  readonly refunded_cents: number;
  readonly refund_reserved_cents: number;
  readonly disputed: boolean;
  readonly charged_back_cents: number;
  readonly provider_reference: string | null;
  readonly attempt: number;
  readonly payable_until: Date;
  readonly authorized_until: Date | null;
  readonly customer_reference: string | null;
  readonly method_reference: string | null;
  readonly save_method: boolean;
  readonly return_url: string | null;
  readonly failure_code: string | null;
  readonly failure_message: string | null;
  readonly failure_reference: string | null;
  readonly cancel_requested: boolean;
  readonly replaced: boolean;
  readonly reconcile_at: Date | null;
  readonly version: number;
  readonly created_at: Date;
  readonly captures: JsonDates<Capture, 'createdAt'>[];
  readonly refunds: JsonDates<Refund, 'attemptAt' | 'createdAt'>[];
  /** Null when it was not asked for. */
  readonly history: JsonDates<HistoryEntry, 'createdAt'>[] | null;
}

/** The columns of `payment AS p` with its refunds, and with its history when the condition (a parameter, or `false`) says so. */
export const paymentColumns = (
  history: string,
): string => `p.id, p.order_id, p.purpose_id, p.order_number, p.customer_id, p.provider, p.capture_method, p.state,
  p.currency_code, p.amount_cents, p.authorized_cents, p.captured_cents, p.released_cents, p.refunded_cents, p.refund_reserved_cents,
  p.disputed, p.charged_back_cents, p.provider_reference, p.attempt, p.payable_until, p.authorized_until, p.customer_reference,
  p.method_reference, p.save_method, p.return_url, p.failure_code, p.failure_message, p.failure_reference, p.cancel_requested,
  p.replaced, p.reconcile_at, p.version, p.created_at,
  CASE WHEN p.capture_method = 'MANUAL' THEN (
    SELECT coalesce(json_agg(json_build_object('id', k.id, 'paymentId', k.payment_id, 'amountCents', k.amount_cents,
      'final', k.final, 'state', k.state, 'requestKey', k.request_key, 'inputHash', k.input_hash, 'failureCode', k.failure_code,
      'capturedBeforeCents', k.captured_before_cents, 'attempt', k.attempt, 'createdAt', k.created_at)
      ORDER BY k.created_at, k.id), '[]'::json)
    FROM capture k WHERE k.payment_id = p.id) ELSE '[]'::json END AS captures,
  (SELECT coalesce(json_agg(json_build_object('id', r.id, 'paymentId', r.payment_id, 'amountCents', r.amount_cents,
      'state', r.state, 'reason', r.reason, 'initiatedBy', r.initiated_by, 'returnId', r.return_id, 'requestKey', r.request_key,
      'inputHash', r.input_hash, 'providerReference', r.provider_reference, 'failureCode', r.failure_code, 'attempt', r.attempt,
      'attemptAt', r.attempt_at, 'createdAt', r.created_at) ORDER BY r.created_at, r.id), '[]'::json)
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
    purposeId: row.purpose_id,
    orderNumber: row.order_number,
    customerId: row.customer_id,
    provider: row.provider,
    captureMethod: row.capture_method,
    state: row.state,
    currencyCode: row.currency_code,
    amountCents: row.amount_cents,
    authorizedCents: row.authorized_cents,
    capturedCents: row.captured_cents,
    releasedCents: row.released_cents,
    refundedCents: row.refunded_cents,
    refundReservedCents: row.refund_reserved_cents,
    disputed: row.disputed,
    chargedBackCents: row.charged_back_cents,
    providerReference: row.provider_reference,
    attempt: row.attempt,
    payableUntil: row.payable_until,
    authorizedUntil: row.authorized_until,
    customerReference: row.customer_reference,
    methodReference: row.method_reference,
    saveMethod: row.save_method,
    returnUrl: row.return_url,
    failureCode: row.failure_code,
    failureMessage: row.failure_message,
    failureReference: row.failure_reference,
    cancelRequested: row.cancel_requested,
    replaced: row.replaced,
    reconcileAt: row.reconcile_at,
    version: row.version,
    createdAt: row.created_at,
    captures: row.captures.map((capture) => ({ ...capture, createdAt: new Date(capture.createdAt) })),
    refunds: row.refunds.map((refund) => ({
      ...refund,
      attemptAt: refund.attemptAt === null ? null : new Date(refund.attemptAt),
      createdAt: new Date(refund.createdAt),
    })),
    history: row.history?.map((entry) => ({ ...entry, createdAt: new Date(entry.createdAt) })),
  };
}
