import { type LedgerTransaction, refundReversal, refundTransaction } from './ledger.js';
import { type Payment, type Refund, refundableCents } from './payment.js';

/** What a provider says about a refund at one moment. */
export interface RefundSnapshot {
  readonly reference: string;
  readonly intentReference: string;
  /** The refund that we wrote into it; null when it was made at the provider. */
  readonly refundId: string | null;
  readonly amountCents: number;
  readonly currencyCode: string;
  readonly state: 'PENDING' | 'SUCCEEDED' | 'FAILED';
  readonly failureCode: string | null;
}

export type RefundRequestDecision =
  | { readonly kind: 'RESERVE'; readonly after: Payment; readonly refund: Refund }
  | { readonly kind: 'EXISTS'; readonly refund: Refund }
  | { readonly kind: 'KEY_REUSED' | 'NOT_CAPTURED' | 'NOTHING_LEFT' | 'EXCEEDS_CAPTURED' };

/** What is wanted of a refund; without an amount it is all that is left. */
export interface WantedRefund extends Pick<Refund, 'id' | 'reason' | 'initiatedBy' | 'returnId'> {
  readonly amountCents: number | null;
  readonly requestKey: string;
  readonly inputHash: string;
}

/** Takes the amount out of what can still be refunded, before the provider is asked. */
export function decideRefundRequest(
  payment: Payment,
  wanted: WantedRefund,
  now: Date,
  attemptAt: Date,
): RefundRequestDecision {
  const earlier = payment.refunds.find((refund) => refund.requestKey === wanted.requestKey);
  if (earlier !== undefined) {
    return earlier.inputHash === wanted.inputHash ? { kind: 'EXISTS', refund: earlier } : { kind: 'KEY_REUSED' };
  }
  if (payment.capturedCents === 0) return { kind: 'NOT_CAPTURED' };
  const left = refundableCents(payment);
  if (left === 0) return { kind: 'NOTHING_LEFT' };
  const amountCents = wanted.amountCents ?? left;
  if (amountCents > left) return { kind: 'EXCEEDS_CAPTURED' };
  const refund: Refund = {
    ...wanted,
    amountCents,
    paymentId: payment.id,
    state: 'PENDING',
    providerReference: null,
    failureCode: null,
    attempt: 1,
    attemptAt,
    createdAt: now,
  };
  return {
    kind: 'RESERVE',
    refund,
    after: withRefund(payment, refund, { refundReservedCents: payment.refundReservedCents + refund.amountCents }),
  };
}

export type RefundNewsDecision =
  | {
      readonly kind: 'SUCCEEDED' | 'FAILED' | 'PENDING';
      readonly after: Payment;
      readonly refund: Refund;
      readonly ledger: readonly LedgerTransaction[];
    }
  /** Its message has overtaken that of the capture which it gives back. */
  | { readonly kind: 'EARLY' }
  | { readonly kind: 'NOTHING' };

/**
 * What follows from the provider's word about a refund, in whatever order and however often it comes. A refund that we do not
 * know was made at the provider: it is mirrored under `newRefundId`.
 */
export function decideRefundNews(
  payment: Payment,
  news: RefundSnapshot,
  newRefundId: string,
  now: Date,
): RefundNewsDecision {
  const known = payment.refunds.find(
    (refund) => refund.providerReference === news.reference || refund.id === news.refundId,
  );
  const refund = known ?? mirrored(payment, news, newRefundId, now);
  if (known?.state === news.state && known.providerReference === news.reference) return { kind: 'NOTHING' };
  if (known?.state === 'FAILED') return { kind: 'NOTHING' };
  const given = payment.refundedCents + (known?.state === 'SUCCEEDED' ? 0 : refund.amountCents);
  if (news.state !== 'FAILED' && given > payment.capturedCents) return { kind: 'EARLY' };
  const reserved = payment.refundReservedCents + (known === undefined ? refund.amountCents : 0);
  const settled = { ...refund, providerReference: news.reference, failureCode: news.failureCode };
  switch (news.state) {
    case 'SUCCEEDED': {
      const after: Refund = { ...settled, state: 'SUCCEEDED', attemptAt: null };
      const refundedCents = payment.refundedCents + refund.amountCents;
      return {
        kind: 'SUCCEEDED',
        refund: after,
        after: withRefund(payment, after, { refundReservedCents: reserved, refundedCents }),
        ledger: [refundTransaction(refund.id, payment.provider, refund.amountCents)],
      };
    }
    case 'FAILED': {
      const after: Refund = { ...settled, state: 'FAILED', attemptAt: null };
      const wasPaid = known?.state === 'SUCCEEDED';
      return {
        kind: 'FAILED',
        refund: after,
        after: withRefund(payment, after, {
          refundReservedCents: reserved - refund.amountCents,
          refundedCents: payment.refundedCents - (wasPaid ? refund.amountCents : 0),
        }),
        ledger: wasPaid ? [refundReversal(refund.id, payment.provider, refund.amountCents)] : [],
      };
    }
    case 'PENDING': {
      if (known?.state === 'SUCCEEDED') return { kind: 'NOTHING' };
      const after: Refund = { ...settled, state: 'PENDING' };
      return {
        kind: 'PENDING',
        refund: after,
        after: withRefund(payment, after, { refundReservedCents: reserved }),
        ledger: [],
      };
    }
  }
}

function mirrored(payment: Payment, news: RefundSnapshot, id: string, now: Date): Refund {
  return {
    id,
    paymentId: payment.id,
    amountCents: news.amountCents,
    state: 'PENDING',
    reason: null,
    initiatedBy: 'PROVIDER',
    returnId: null,
    requestKey: null,
    inputHash: null,
    providerReference: news.reference,
    failureCode: null,
    attempt: 1,
    attemptAt: null,
    createdAt: now,
  };
}

function withRefund(
  payment: Payment,
  refund: Refund,
  amounts: Partial<Pick<Payment, 'refundReservedCents' | 'refundedCents'>>,
): Payment {
  const others = payment.refunds.filter((other) => other.id !== refund.id);
  return { ...payment, ...amounts, refunds: [...others, refund], version: payment.version + 1 };
}
