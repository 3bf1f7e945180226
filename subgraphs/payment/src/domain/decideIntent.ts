import { pendingCapture } from './decideCapture.js';
import type { Payment } from './payment.js';

/** What a provider says about an intent at one moment. Amounts in minor units. */
export interface IntentSnapshot {
  readonly reference: string;
  /** The payment that we wrote into it when we opened it; null for an intent that is not ours. */
  readonly paymentId: string | null;
  /**
   * APPROVED: the customer has agreed, and the provider waits for our `completeIntent`. AUTHORIZED: more may be captured, also
   * when a part of it was. CAPTURED: something was, and no more will be. CANCELLED: nothing was, and nothing will be.
   */
  readonly state: 'WAITING' | 'REQUIRES_ACTION' | 'APPROVED' | 'PROCESSING' | 'AUTHORIZED' | 'CAPTURED' | 'CANCELLED';
  readonly currencyCode: string;
  /** All that the customer has agreed to; 0 when the provider does not say. */
  readonly authorizedCents: number;
  /** All that was captured so far. It only grows. */
  readonly capturedCents: number;
  /** When the authorization lapses; null when the provider does not say. */
  readonly authorizedUntil: Date | null;
  /** The last refusal, if the customer has not got further since. `reference` tells attempts apart. */
  readonly failure: {
    readonly code: string;
    readonly message: string | null;
    readonly reference: string | null;
  } | null;
}

export type IntentDecision =
  | {
      readonly kind: 'CAPTURE';
      readonly after: Payment;
      /** How much more was captured than we knew of. */
      readonly newlyCapturedCents: number;
    }
  | { readonly kind: 'AUTHORIZE' | 'VOID' | 'FAIL' | 'CANCEL' | 'MOVE' | 'LEARN'; readonly after: Payment }
  | { readonly kind: 'NOTHING' };

/**
 * What follows from the provider's word, in whatever order and however often it comes. What was captured only grows, and what says
 * nothing new changes nothing. CAPTURED is final but for more of it, CANCELLED gives way to captured money only, and AUTHORIZED to
 * nothing but these two: a message that was overtaken cannot take a payment back.
 */
export function decideIntent(payment: Payment, intent: IntentSnapshot): IntentDecision {
  const known: Payment = { ...payment, providerReference: intent.reference, version: payment.version + 1 };
  const newlyCapturedCents = intent.capturedCents - payment.capturedCents;
  if (newlyCapturedCents > 0) return { kind: 'CAPTURE', newlyCapturedCents, after: captured(payment, known, intent) };
  if (payment.state === 'CAPTURED' || payment.state === 'CANCELLED') return { kind: 'NOTHING' };
  switch (intent.state) {
    case 'CAPTURED':
      return decideEnded(payment, known, intent);
    case 'CANCELLED':
      return decideCancelled(payment, known);
    case 'AUTHORIZED':
      return decideAuthorized(payment, known, intent);
    case 'WAITING':
      return payment.state === 'AUTHORIZED' ? { kind: 'NOTHING' } : decideWaiting(payment, known, intent);
    case 'APPROVED':
      return learn(payment, known);
    case 'REQUIRES_ACTION':
    case 'PROCESSING':
      if (payment.state === 'AUTHORIZED') return { kind: 'NOTHING' };
      if (intent.state === payment.state) return learn(payment, known);
      return { kind: 'MOVE', after: { ...known, state: intent.state } };
  }
}

/** A capture that is final at the provider ends the payment; otherwise more of the authorization may follow. */
function captured(payment: Payment, known: Payment, intent: IntentSnapshot): Payment {
  const { capturedCents } = intent;
  const authorizedCents = Math.max(intent.authorizedCents, payment.authorizedCents, capturedCents);
  const base = { ...known, authorizedCents, capturedCents, failureCode: null, failureMessage: null };
  if (intent.state === 'AUTHORIZED' && payment.state !== 'CAPTURED') {
    return { ...base, state: 'AUTHORIZED', authorizedUntil: intent.authorizedUntil ?? payment.authorizedUntil };
  }
  return { ...base, ...ended(payment, authorizedCents - capturedCents), state: 'CAPTURED' };
}

/**
 * Nothing more is captured. What a customer wants to save is still to be looked for, and so is the end of a capture that we asked for:
 * this news may have come by another way than its answer, which may never come.
 */
const ended = (payment: Payment, releasedCents: number) => ({
  releasedCents,
  authorizedUntil: null,
  reconcileAt: payment.saveMethod || pendingCapture(payment) !== undefined ? payment.reconcileAt : null,
});

/** The provider says that a capture was the last one, and we know of all that it captured. */
function decideEnded(payment: Payment, known: Payment, intent: IntentSnapshot): IntentDecision {
  if (payment.capturedCents === 0) throw new Error(`intent ${intent.reference} is captured, of nothing`);
  const rest = payment.authorizedCents - payment.capturedCents;
  return { kind: 'MOVE', after: { ...known, ...ended(payment, rest), state: 'CAPTURED' } };
}

/** The order heard that it was authorized, so it hears that it is not any more. What is captured is kept. */
function decideCancelled(payment: Payment, known: Payment): IntentDecision {
  const after: Payment = { ...known, ...ended(payment, payment.authorizedCents - payment.capturedCents) };
  if (payment.capturedCents > 0) return { kind: 'MOVE', after: { ...after, state: 'CAPTURED' } };
  const kind = payment.state === 'AUTHORIZED' ? 'VOID' : 'CANCEL';
  const reconcileAt = pendingCapture(payment) === undefined ? null : payment.reconcileAt;
  return { kind, after: { ...after, state: 'CANCELLED', authorizedCents: 0, releasedCents: 0, reconcileAt } };
}

function decideAuthorized(payment: Payment, known: Payment, intent: IntentSnapshot): IntentDecision {
  const { authorizedCents, authorizedUntil } = intent;
  if (payment.state !== 'AUTHORIZED') {
    const after: Payment = { ...known, state: 'AUTHORIZED', authorizedCents, authorizedUntil, releasedCents: 0 };
    return { kind: 'AUTHORIZE', after: { ...after, failureCode: null, failureMessage: null } };
  }
  if (authorizedUntil !== null && authorizedUntil.getTime() !== payment.authorizedUntil?.getTime()) {
    return { kind: 'LEARN', after: { ...known, authorizedUntil } };
  }
  return learn(payment, known);
}

function decideWaiting(payment: Payment, known: Payment, intent: IntentSnapshot): IntentDecision {
  if (intent.failure === null) return learn(payment, known);
  const { code, message, reference } = intent.failure;
  const told = payment.failureCode !== null && payment.failureReference === reference;
  if (told && payment.state === 'FAILED') return learn(payment, known);
  const after: Payment = {
    ...known,
    state: 'FAILED',
    // The provider keeps the refusal under the key of this attempt.
    attempt: told ? payment.attempt : payment.attempt + 1,
    failureCode: code,
    failureMessage: message,
    failureReference: reference,
  };
  return { kind: told ? 'MOVE' : 'FAIL', after };
}

const learn = (payment: Payment, known: Payment): IntentDecision =>
  payment.providerReference === known.providerReference ? { kind: 'NOTHING' } : { kind: 'LEARN', after: known };
