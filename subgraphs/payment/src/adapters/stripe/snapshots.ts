import { z } from 'zod';
import type { ProviderNotice } from '../../app/ports.js';
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
  amount_capturable: z.number().optional(),
  amount_received: z.number().optional(),
  last_payment_error: z
    .object({
      code: z.string().nullish(),
      decline_code: z.string().nullish(),
      message: z.string().nullish(),
      charge: z.string().nullish(),
    })
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
  return {
    reference: intent.id,
    paymentId: intent.metadata?.souk_payment_id ?? null,
    state,
    currencyCode,
    authorizedCents: fromStripeAmount(intent.amount_capturable ?? 0, currencyCode),
    capturedCents: fromStripeAmount(state === 'CAPTURED' ? (intent.amount_received ?? 0) : 0, currencyCode),
    failure: error
      ? {
          code: codeOf(error.decline_code ?? error.code),
          message: error.message ?? null,
          reference: error.charge ?? null,
        }
      : null,
  };
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

const CLOSED_DISPUTES = new Set(['won', 'lost', 'warning_closed', 'prevented']);

/** What an event of Stripe is about. Types that tell nothing new about a payment are irrelevant. */
export function noticeOf(type: string, payload: Readonly<Record<string, unknown>>): ProviderNotice {
  const object = (payload.data as { object?: unknown } | undefined)?.object;
  if (type.startsWith('payment_intent.') && type !== 'payment_intent.created') {
    return { kind: 'INTENT', intent: intentSnapshot(object) };
  }
  if (type.startsWith('refund.') || type === 'charge.refund.updated') {
    const refund = refundSnapshot(object);
    return refund.intentReference === '' ? { kind: 'IRRELEVANT' } : { kind: 'REFUND', refund };
  }
  if (type === 'charge.refunded') {
    const intentReference = chargeSchema.parse(object).payment_intent;
    return intentReference ? { kind: 'REFUNDS_CHANGED', intentReference } : { kind: 'IRRELEVANT' };
  }
  if (type.startsWith('charge.dispute.')) {
    const dispute = disputeSchema.parse(object);
    if (!dispute.payment_intent) return { kind: 'IRRELEVANT' };
    return {
      kind: 'DISPUTE',
      dispute: {
        reference: dispute.id,
        intentReference: dispute.payment_intent,
        amountCents: fromStripeAmount(dispute.amount, dispute.currency.toUpperCase()),
        status: dispute.status,
        reason: dispute.reason ?? null,
        open: !CLOSED_DISPUTES.has(dispute.status),
      },
    };
  }
  return { kind: 'IRRELEVANT' };
}
