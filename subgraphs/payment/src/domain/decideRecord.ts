import { pendingCapture } from './decideCapture.js';
import { decideRefundRequest } from './decideRefund.js';
import { captureTransaction, type LedgerTransaction } from './ledger.js';
import { type Capture, capturableCents, type Payment, type Refund } from './payment.js';

/** Money that staff have found on the shop's account or in the till. */
export interface WantedRecord extends Pick<Capture, 'id' | 'requestKey' | 'inputHash'> {
  readonly amountCents: number;
  /** Less than what is due is recorded too, and the rest still waited for. */
  readonly partial: boolean;
  /** For what has to go back. */
  readonly refundId: string;
}

export type RecordDecision =
  | {
      readonly kind: 'RECORD';
      readonly after: Payment;
      readonly capture: Capture;
      /** What goes back: more than was due, or too little for an order that is over. Null when all of it is kept. */
      readonly refund: Refund | null;
      readonly ledger: readonly LedgerTransaction[];
      /** What the order is told to have been paid, in minor units; null when it is not told (yet). */
      readonly toldCents: number | null;
    }
  | { readonly kind: 'EXISTS'; readonly capture: Capture }
  | { readonly kind: 'KEY_REUSED' | 'UNDER_WAY' }
  | { readonly kind: 'SHORT'; readonly missingCents: number };

/**
 * What follows from money that was paid without a provider. It is booked to the cent, whenever it comes: it is on the account. Less than what is
 * due is refused unless staff say that it is a part; the order hears of a transfer only when all of it is there. More than what is
 * due goes back, and so does a part that comes when nobody waits for the rest any more. All that is due for an order that is over
 * is told to it like any late payment: the order decides.
 */
export function decideRecord(payment: Payment, wanted: WantedRecord, now: Date, attemptAt: Date): RecordDecision {
  const earlier = payment.captures.find(({ requestKey }) => requestKey === wanted.requestKey);
  if (earlier !== undefined) {
    return earlier.inputHash === wanted.inputHash ? { kind: 'EXISTS', capture: earlier } : { kind: 'KEY_REUSED' };
  }
  if (pendingCapture(payment) !== undefined) return { kind: 'UNDER_WAY' };
  const authorized = payment.state === 'AUTHORIZED';
  const dueCents = authorized ? capturableCents(payment) : Math.max(0, payment.amountCents - payment.capturedCents);
  const missingCents = dueCents - wanted.amountCents;
  if (missingCents > 0 && !wanted.partial) return { kind: 'SHORT', missingCents };
  const complete = missingCents <= 0;
  const paidBefore = payment.state === 'CAPTURED';
  const over = payment.state === 'CANCELLED' || payment.cancelRequested || paidBefore;
  const capturedCents = payment.capturedCents + wanted.amountCents;
  const authorizedCents = Math.max(payment.authorizedCents, capturedCents);
  const ended = complete || (over && !authorized);
  const booked: Payment = {
    ...payment,
    state: ended ? 'CAPTURED' : authorized ? 'AUTHORIZED' : 'PROCESSING',
    capturedCents,
    authorizedCents,
    releasedCents: ended ? authorizedCents - capturedCents : payment.releasedCents,
    failureCode: null,
    failureMessage: null,
    ...(ended ? { reconcileAt: null } : {}),
  };
  const capture: Capture = {
    id: wanted.id,
    paymentId: payment.id,
    amountCents: wanted.amountCents,
    final: ended,
    state: 'SUCCEEDED',
    requestKey: wanted.requestKey,
    inputHash: wanted.inputHash,
    failureCode: null,
    capturedBeforeCents: payment.capturedCents,
    attempt: 1,
    createdAt: now,
  };
  const recorded: Payment = { ...booked, captures: [...payment.captures, capture], version: payment.version + 1 };
  const backCents = complete ? -missingCents : over && !authorized ? wanted.amountCents : 0;
  const { after, refund } = giveBack(recorded, backCents, wanted, now, attemptAt);
  return {
    kind: 'RECORD',
    after,
    capture,
    refund,
    ledger: [captureTransaction(payment.id, payment.provider, wanted.amountCents, payment.capturedCents)],
    toldCents: toldCents(payment, wanted.amountCents, dueCents, complete),
  };
}

/** Authorized money is told part by part, as the order was confirmed by it; any other when all of it is there, and once. */
function toldCents(payment: Payment, amountCents: number, dueCents: number, complete: boolean): number | null {
  if (payment.state === 'AUTHORIZED') return Math.min(amountCents, dueCents);
  return complete && payment.state !== 'CAPTURED' ? payment.amountCents : null;
}

function giveBack(
  recorded: Payment,
  amountCents: number,
  wanted: WantedRecord,
  now: Date,
  attemptAt: Date,
): { after: Payment; refund: Refund | null } {
  if (amountCents === 0) return { after: recorded, refund: null };
  const request = {
    id: wanted.refundId,
    amountCents,
    reason: null,
    initiatedBy: 'COMPENSATION' as const,
    returnId: null,
    requestKey: `record:${wanted.id}`,
    inputHash: wanted.inputHash,
  };
  const decision = decideRefundRequest(recorded, request, now, attemptAt);
  if (decision.kind !== 'RESERVE') throw new Error(`nothing of payment ${recorded.id} can go back: ${decision.kind}`);
  return { after: { ...decision.after, version: recorded.version }, refund: decision.refund };
}
