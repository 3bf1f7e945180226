import type { Payment } from './payment.js';

/** What a provider says about an intent at one moment. Amounts in minor units. */
export interface IntentSnapshot {
  readonly reference: string;
  /** The payment that we wrote into it when we opened it; null for an intent that is not ours. */
  readonly paymentId: string | null;
  readonly state: 'WAITING' | 'REQUIRES_ACTION' | 'PROCESSING' | 'AUTHORIZED' | 'CAPTURED' | 'CANCELLED';
  readonly currencyCode: string;
  readonly authorizedCents: number;
  readonly capturedCents: number;
  /** The last refusal, if the customer has not got further since. `reference` tells attempts apart. */
  readonly failure: {
    readonly code: string;
    readonly message: string | null;
    readonly reference: string | null;
  } | null;
}

export type IntentDecision =
  | { readonly kind: 'CAPTURE' | 'FAIL' | 'CANCEL' | 'MOVE' | 'LEARN'; readonly after: Payment }
  | { readonly kind: 'NOTHING' };

/**
 * What follows from the provider's word, in whatever order and however often it comes: captured is final (only refunds follow),
 * cancelled gives way to captured only, and what says nothing new changes nothing.
 */
export function decideIntent(payment: Payment, intent: IntentSnapshot): IntentDecision {
  const known: Payment = { ...payment, providerReference: intent.reference, version: payment.version + 1 };
  if (payment.state === 'CAPTURED') return { kind: 'NOTHING' };
  if (intent.state === 'CAPTURED') {
    const { capturedCents } = intent;
    const after: Payment = {
      ...known,
      state: 'CAPTURED',
      authorizedCents: Math.max(intent.authorizedCents, capturedCents),
      capturedCents,
      failureCode: null,
      failureMessage: null,
      reconcileAt: null,
    };
    return { kind: 'CAPTURE', after };
  }
  if (payment.state === 'CANCELLED') return { kind: 'NOTHING' };
  if (intent.state === 'CANCELLED') {
    return { kind: 'CANCEL', after: { ...known, state: 'CANCELLED', authorizedCents: 0, reconcileAt: null } };
  }
  if (intent.state === 'WAITING') return decideWaiting(payment, known, intent);
  if (intent.state === payment.state) return learn(payment, known);
  const authorizedCents = intent.state === 'AUTHORIZED' ? intent.authorizedCents : 0;
  return { kind: 'MOVE', after: { ...known, state: intent.state, authorizedCents } };
}

function decideWaiting(payment: Payment, known: Payment, intent: IntentSnapshot): IntentDecision {
  if (intent.failure === null) return learn(payment, known);
  const { code, message, reference } = intent.failure;
  const told = payment.failureCode !== null && payment.failureReference === reference;
  if (told) return learn(payment, known);
  const after: Payment = {
    ...known,
    state: 'FAILED',
    authorizedCents: 0,
    failureCode: code,
    failureMessage: message,
    failureReference: reference,
  };
  return { kind: 'FAIL', after };
}

const learn = (payment: Payment, known: Payment): IntentDecision =>
  payment.providerReference === known.providerReference ? { kind: 'NOTHING' } : { kind: 'LEARN', after: known };
