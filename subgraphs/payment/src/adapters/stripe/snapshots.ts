import { z } from 'zod';
import type { DisputeSnapshot, MethodSnapshot, ProviderNotice } from '../../app/ports.js';
import type { IntentSnapshot } from '../../domain/decideIntent.js';
import type { RefundSnapshot } from '../../domain/decideRefund.js';
import { fromStripeAmount } from './amounts.js';

const reference = z.union([z.string(), z.object({ id: z.string() }).transform(({ id }) => id)]);
const metadata = z.record(z.string(), z.string()).nullish();

/** The parts of Stripe's objects that this service reads; the answers of the API and the webhooks have the same shapes. */
const intentSchema = z.object({
  id: z.string(),
  status: z.string(),
  currency: z.string(),
  amount: z.number().optional(),
  amount_received: z.number().optional(),
  last_payment_error: z
    .object({
      code: z.string().nullish(),
      decline_code: z.string().nullish(),
      message: z.string().nullish(),
      charge: z.string().nullish(),
    })
    .nullish(),
  latest_charge: z
    .union([
      z.string(),
      z.object({
        payment_method_details: z
          .object({ card: z.object({ capture_before: z.number().nullish() }).nullish() })
          .nullish(),
      }),
    ])
    .nullish(),
  metadata,
});
const refundSchema = z.object({
  id: z.string(),
  amount: z.number(),
  currency: z.string(),
  status: z.string().nullish(),
  payment_intent: reference.nullish(),
  failure_reason: z.string().nullish(),
  balance_transaction: reference.nullish(),
  metadata,
});
const chargeSchema = z.object({ payment_intent: reference.nullish() });
const disputeSchema = z.object({
  id: z.string(),
  amount: z.number(),
  currency: z.string(),
  status: z.string(),
  reason: z.string().nullish(),
  payment_intent: reference.nullish(),
});
/** When an event of Stripe happened: seconds since 1970. */
const createdSchema = z.int();
const methodSchema = z.object({
  id: z.string(),
  type: z.string(),
  customer: reference.nullish(),
  card: z
    .object({
      brand: z.string().nullish(),
      last4: z.string().nullish(),
      exp_month: z.number().nullish(),
      exp_year: z.number().nullish(),
    })
    .nullish(),
});

const INTENT_STATES: Readonly<Record<string, IntentSnapshot['state']>> = {
  requires_payment_method: 'WAITING',
  requires_confirmation: 'WAITING',
  requires_action: 'REQUIRES_ACTION',
  processing: 'PROCESSING',
  requires_capture: 'AUTHORIZED',
  succeeded: 'CAPTURED',
  canceled: 'CANCELLED',
};
const REFUND_STATES: Readonly<Record<string, RefundSnapshot['state']>> = {
  pending: 'PENDING',
  requires_action: 'PENDING',
  succeeded: 'SUCCEEDED',
  failed: 'FAILED',
  canceled: 'FAILED',
};
/** Codes travel in events, which carry no free text. */
const codeOf = (code: string | null | undefined): string =>
  code && /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/.test(code) ? code : 'unknown';

/** Stripe's PaymentIntent in our words. Throws on a shape or a status that is not Stripe's. */
export function intentSnapshot(object: unknown): IntentSnapshot {
  const intent = intentSchema.parse(object);
  const state = INTENT_STATES[intent.status];
  if (state === undefined) throw new Error(`unknown status ${intent.status} of a payment intent`);
  const currencyCode = intent.currency.toUpperCase();
  const error = intent.last_payment_error;
  const agreed = state === 'AUTHORIZED' || state === 'CAPTURED';
  return {
    reference: intent.id,
    paymentId: intent.metadata?.souk_payment_id ?? null,
    state,
    currencyCode,
    authorizedCents: fromStripeAmount(agreed ? (intent.amount ?? 0) : 0, currencyCode),
    capturedCents: fromStripeAmount(state === 'CAPTURED' ? (intent.amount_received ?? 0) : 0, currencyCode),
    authorizedUntil: state === 'AUTHORIZED' ? lapsesAt(intent.latest_charge) : null,
    failure: error
      ? {
          code: codeOf(error.decline_code ?? error.code),
          message: error.message ?? null,
          reference: error.charge ?? null,
        }
      : null,
  };
}

function lapsesAt(charge: z.output<typeof intentSchema>['latest_charge']): Date | null {
  const seconds = typeof charge === 'object' ? charge?.payment_method_details?.card?.capture_before : undefined;
  return seconds === undefined || seconds === null ? null : new Date(seconds * 1_000);
}

/**
 * Whether a refund only gives up authorized money: Stripe makes one when an authorization is cancelled or captured in part. Nothing was
 * on our account, so nothing moves on it. https://docs.stripe.com/api/payment_intents/cancel
 */
export function isRelease(object: unknown): boolean {
  const refund = refundSchema.parse(object);
  return refund.balance_transaction === null && refund.status === 'succeeded' && !refund.metadata?.souk_refund_id;
}

/** Stripe's Refund in our words. */
export function refundSnapshot(object: unknown): RefundSnapshot {
  const refund = refundSchema.parse(object);
  const state = REFUND_STATES[refund.status ?? 'pending'];
  if (state === undefined) throw new Error(`unknown status ${refund.status} of a refund`);
  const currencyCode = refund.currency.toUpperCase();
  return {
    reference: refund.id,
    intentReference: refund.payment_intent ?? '',
    refundId: refund.metadata?.souk_refund_id ?? null,
    amountCents: fromStripeAmount(refund.amount, currencyCode),
    currencyCode,
    state,
    failureCode: state === 'FAILED' ? codeOf(refund.failure_reason) : null,
  };
}

/** https://docs.stripe.com/api/disputes/object#dispute_object-status: the warnings are inquiries, no money is taken. */
const DISPUTE_STATES: Readonly<Record<string, DisputeSnapshot['state']>> = {
  warning_needs_response: 'INQUIRY',
  warning_under_review: 'INQUIRY',
  warning_closed: 'CLOSED',
  prevented: 'CLOSED',
  needs_response: 'OPEN',
  under_review: 'OPEN',
  won: 'WON',
  lost: 'LOST',
};

/** Stripe's PaymentMethod in our words. */
export function methodSnapshot(object: unknown): MethodSnapshot {
  const { id, type, card } = methodSchema.parse(object);
  return {
    reference: id,
    brand: card?.brand ?? type,
    last4: card?.last4 ?? null,
    expMonth: card?.exp_month ?? null,
    expYear: card?.exp_year ?? null,
    removed: false,
  };
}

/** What an event of Stripe is about. Types that tell nothing new about a payment are irrelevant. */
export function noticeOf(type: string, payload: Readonly<Record<string, unknown>>): ProviderNotice {
  const object = (payload.data as { object?: unknown } | undefined)?.object;
  if (type.startsWith('payment_intent.') && type !== 'payment_intent.created') {
    return { kind: 'INTENT', intent: intentSnapshot(object) };
  }
  if (type.startsWith('refund.') || type === 'charge.refund.updated') {
    if (isRelease(object)) return { kind: 'IRRELEVANT' };
    const refund = refundSnapshot(object);
    return refund.intentReference === '' ? { kind: 'IRRELEVANT' } : { kind: 'REFUND', refund };
  }
  if (type === 'charge.refunded') {
    const intentReference = chargeSchema.parse(object).payment_intent;
    return intentReference ? { kind: 'REFUNDS_CHANGED', intentReference, paymentId: null } : { kind: 'IRRELEVANT' };
  }
  if (type.startsWith('charge.dispute.')) {
    const dispute = disputeSnapshot(object);
    return dispute === undefined ? { kind: 'IRRELEVANT' } : { kind: 'DISPUTE', dispute, paymentId: null };
  }
  if (type.startsWith('payment_method.')) {
    const customerReference = methodSchema.parse(object).customer ?? null;
    const removed = type === 'payment_method.detached';
    const asOfMs = createdSchema.parse(payload.created) * 1_000;
    return { kind: 'METHOD', customerReference, method: { ...methodSnapshot(object), removed }, asOfMs };
  }
  return { kind: 'IRRELEVANT' };
}

function disputeSnapshot(object: unknown): DisputeSnapshot | undefined {
  const dispute = disputeSchema.parse(object);
  const state = DISPUTE_STATES[dispute.status];
  if (state === undefined) throw new Error(`unknown status ${dispute.status} of a dispute`);
  if (!dispute.payment_intent) return undefined;
  return {
    reference: dispute.id,
    intentReference: dispute.payment_intent,
    amountCents: fromStripeAmount(dispute.amount, dispute.currency.toUpperCase()),
    state,
    status: dispute.status,
    reason: dispute.reason ? codeOf(dispute.reason) : null,
  };
}
