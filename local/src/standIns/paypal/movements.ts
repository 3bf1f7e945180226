import type { Store } from '../openStore.js';
import { unprocessable } from './failure.js';
import type { PaypalEffects } from './paypalEngine.js';
import { paypalDisputeId, paypalId } from './paypalId.js';
import type {
  PaypalAuthorizationRecord,
  PaypalCaptureRecord,
  PaypalDisputeRecord,
  PaypalOrderRecord,
  PaypalRefundRecord,
  PaypalTransactionRecord,
} from './records.js';

const AUTHORIZATION_DAYS = 29;
/** 2.49 % and 35 of the minor unit, rounded half up in integers. */
const feeOf = (amount: number): number => Math.floor((amount * 249 + 5_000) / 10_000) + 35;

/** The order's money is held. */
export function makeAuthorization(order: PaypalOrderRecord, now: string): PaypalEffects {
  const authorization: PaypalAuthorizationRecord = {
    id: paypalId(),
    createdAt: now,
    updatedAt: now,
    expiresAt: new Date(Date.parse(now) + AUTHORIZATION_DAYS * 86_400_000).toISOString(),
    order: order.id,
    status: 'CREATED',
    amount: order.amount,
    captured: 0,
    currency: order.currency,
    invoiceId: order.invoiceId,
    customId: order.customId,
  };
  return {
    puts: [
      ['paypal_authorization', authorization],
      ['paypal_order', { ...order, status: 'COMPLETED', updatedAt: now }],
    ],
    events: [
      { type: 'PAYMENT.AUTHORIZATION.CREATED', kind: 'paypal_authorization', id: authorization.id, order: order.id },
    ],
  };
}

/**
 * Money of an approved order, or of its authorization, is taken. Refuses an invoice id that another capture has, since by
 * default a merchant's account takes each once; captures of one authorization may share theirs.
 */
export function makeCapture(
  store: Pick<Store, 'list'>,
  order: PaypalOrderRecord,
  authorization: PaypalAuthorizationRecord | null,
  options: { amount: number; final: boolean; now: string; invoiceId?: string | null },
): PaypalEffects & { capture: PaypalCaptureRecord } {
  const { amount, final, now } = options;
  const invoiceId = options.invoiceId ?? order.invoiceId;
  const taken = store
    .list('paypal_capture')
    .some(
      (other) =>
        invoiceId !== null &&
        other.invoiceId === invoiceId &&
        other.status !== 'DECLINED' &&
        !(authorization !== null && other.authorization === authorization.id),
    );
  if (taken) {
    throw unprocessable(
      'DUPLICATE_INVOICE_ID',
      'Duplicate Invoice ID detected. To avoid a potential duplicate transaction your account setting requires that Invoice Id be unique for each transaction.',
    );
  }
  const pending = order.funding === 'echeck';
  const capture: PaypalCaptureRecord = {
    id: paypalId(),
    createdAt: now,
    updatedAt: now,
    order: order.id,
    authorization: authorization?.id ?? null,
    final,
    status: pending ? 'PENDING' : 'COMPLETED',
    amount,
    refunded: 0,
    fee: feeOf(amount),
    currency: order.currency,
    invoiceId,
    customId: order.customId,
  };
  return {
    capture,
    puts: [
      ['paypal_capture', capture],
      ...(pending ? [] : [['paypal_transaction', captureTransaction(capture, now)] as const]),
      ...(authorization === null ? [['paypal_order', { ...order, status: 'COMPLETED', updatedAt: now }] as const] : []),
    ],
    events: [
      {
        type: pending ? 'PAYMENT.CAPTURE.PENDING' : 'PAYMENT.CAPTURE.COMPLETED',
        kind: 'paypal_capture',
        id: capture.id,
        order: order.id,
      },
    ],
  };
}

/** A pending capture arrives or bounces. */
export function settleCapture(before: PaypalCaptureRecord, arrives: boolean, now: string): PaypalEffects {
  if (before.status !== 'PENDING') throw unprocessable('CAPTURE_NOT_PENDING', `The capture is ${before.status}.`);
  const capture: PaypalCaptureRecord = { ...before, status: arrives ? 'COMPLETED' : 'DECLINED', updatedAt: now };
  return {
    puts: [
      ['paypal_capture', capture],
      ...(arrives ? [['paypal_transaction', captureTransaction(capture, now)] as const] : []),
    ],
    events: [
      {
        type: arrives ? 'PAYMENT.CAPTURE.COMPLETED' : 'PAYMENT.CAPTURE.DENIED',
        kind: 'paypal_capture',
        id: capture.id,
        order: capture.order,
      },
    ],
  };
}

/** Money of a capture goes back, all that is left when no amount is named. */
export function makeRefund(
  before: PaypalCaptureRecord,
  options: {
    amount: number | null;
    now: string;
    invoiceId?: string | null;
    customId?: string | null;
    note?: string | null;
  },
): PaypalEffects & { refund: PaypalRefundRecord } {
  if (before.status === 'PENDING' || before.status === 'DECLINED') {
    throw unprocessable('CAPTURE_STATUS_NOT_VALID', `The capture is ${before.status} and cannot be refunded.`);
  }
  const left = before.amount - before.refunded;
  if (left === 0) throw unprocessable('CAPTURE_FULLY_REFUNDED', 'The capture has already been fully refunded.');
  const amount = options.amount ?? left;
  if (amount > left) {
    throw unprocessable(
      'REFUND_AMOUNT_EXCEEDED',
      'The refund amount must be less than or equal to the capture amount that has not yet been refunded.',
    );
  }
  const { now } = options;
  const refund: PaypalRefundRecord = {
    id: paypalId(),
    createdAt: now,
    capture: before.id,
    order: before.order,
    status: 'COMPLETED',
    amount,
    currency: before.currency,
    invoiceId: options.invoiceId ?? before.invoiceId,
    customId: options.customId ?? before.customId,
    note: options.note ?? null,
  };
  const refunded = before.refunded + amount;
  const transaction: PaypalTransactionRecord = {
    id: refund.id,
    at: now,
    code: 'T1107',
    reference: { id: before.id, type: 'TXN' },
    amount: -amount,
    fee: 0,
    currency: refund.currency,
    invoiceId: refund.invoiceId,
    customId: refund.customId,
  };
  return {
    refund,
    puts: [
      ['paypal_refund', refund],
      [
        'paypal_capture',
        { ...before, refunded, status: refunded === before.amount ? 'REFUNDED' : 'PARTIALLY_REFUNDED', updatedAt: now },
      ],
      ['paypal_transaction', transaction],
    ],
    events: [{ type: 'PAYMENT.CAPTURE.REFUNDED', kind: 'paypal_refund', id: refund.id, order: refund.order }],
  };
}

/** The payer, or his bank, wants his money back: it is held until it is decided. */
export function openDispute(
  capture: PaypalCaptureRecord,
  options: { amount: number; reason: string; now: string },
): PaypalEffects & { dispute: PaypalDisputeRecord } {
  const { amount, reason, now } = options;
  if (capture.status === 'PENDING' || capture.status === 'DECLINED' || amount > capture.amount) {
    throw unprocessable('DISPUTE_NOT_POSSIBLE', 'Only money that was captured can be disputed.');
  }
  const dispute: PaypalDisputeRecord = {
    id: paypalDisputeId(),
    createdAt: now,
    updatedAt: now,
    capture: capture.id,
    order: capture.order,
    amount,
    currency: capture.currency,
    reason,
    invoiceId: capture.invoiceId,
    customId: capture.customId,
    outcome: null,
  };
  return {
    dispute,
    puts: [
      ['paypal_dispute', dispute],
      ['paypal_transaction', disputeTransaction(dispute, 'T1201', -amount, now)],
    ],
    events: [{ type: 'CUSTOMER.DISPUTE.CREATED', kind: 'paypal_dispute', id: dispute.id, order: dispute.order }],
  };
}

/** It is decided. Won: the money comes back. */
export function closeDispute(before: PaypalDisputeRecord, won: boolean, now: string): PaypalEffects {
  if (before.outcome !== null) throw unprocessable('DISPUTE_RESOLVED', `The dispute was ${before.outcome}.`);
  const dispute: PaypalDisputeRecord = {
    ...before,
    outcome: won ? 'RESOLVED_SELLER_FAVOUR' : 'RESOLVED_BUYER_FAVOUR',
    updatedAt: now,
  };
  return {
    puts: [
      ['paypal_dispute', dispute],
      ...(won ? [['paypal_transaction', disputeTransaction(dispute, 'T1111', dispute.amount, now)] as const] : []),
    ],
    events: [{ type: 'CUSTOMER.DISPUTE.RESOLVED', kind: 'paypal_dispute', id: dispute.id, order: dispute.order }],
  };
}

const captureTransaction = (it: PaypalCaptureRecord, at: string): PaypalTransactionRecord => ({
  id: it.id,
  at,
  code: 'T0006',
  reference: { id: it.order, type: 'ODR' },
  amount: it.amount,
  fee: -it.fee,
  currency: it.currency,
  invoiceId: it.invoiceId,
  customId: it.customId,
});

const disputeTransaction = (
  it: PaypalDisputeRecord,
  code: string,
  amount: number,
  at: string,
): PaypalTransactionRecord => ({
  id: paypalId(),
  at,
  code,
  reference: { id: it.capture, type: 'TXN' },
  amount,
  fee: 0,
  currency: it.currency,
  invoiceId: it.invoiceId,
  customId: it.customId,
});
