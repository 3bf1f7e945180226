import { type Capture, capturableCents, isLive, type Payment } from './payment.js';

/** What is wanted of a capture; without an amount it is all that is left. */
export interface WantedCapture extends Pick<Capture, 'id' | 'requestKey' | 'inputHash'> {
  readonly amountCents: number | null;
  readonly final: boolean;
}

export type CaptureRequestDecision =
  | { readonly kind: 'ASK'; readonly after: Payment; readonly capture: Capture }
  | { readonly kind: 'EXISTS'; readonly capture: Capture }
  | {
      readonly kind:
        | 'KEY_REUSED'
        /** Nothing is authorized, or all of it was captured or released. */
        | 'NOT_AUTHORIZED'
        /** It is being voided. */
        | 'VOIDING'
        /** Another capture of it is not answered yet. */
        | 'UNDER_WAY'
        | 'EXCEEDS_AUTHORIZED';
    };

/**
 * Whether authorized money may be captured now. One capture at a time: what the next one may take is known when the one
 * before has ended. `attemptAt` is when the provider is asked (again) if nobody does so before.
 */
export function decideCaptureRequest(
  payment: Payment,
  wanted: WantedCapture,
  severalCaptures: boolean,
  now: Date,
  attemptAt: Date,
): CaptureRequestDecision {
  const earlier = payment.captures.find((capture) => capture.requestKey === wanted.requestKey);
  if (earlier !== undefined) {
    return earlier.inputHash === wanted.inputHash ? { kind: 'EXISTS', capture: earlier } : { kind: 'KEY_REUSED' };
  }
  const left = capturableCents(payment);
  if (left === 0) return { kind: 'NOT_AUTHORIZED' };
  if (payment.cancelRequested) return { kind: 'VOIDING' };
  if (pendingCapture(payment) !== undefined) return { kind: 'UNDER_WAY' };
  const amountCents = wanted.amountCents ?? left;
  if (amountCents > left) return { kind: 'EXCEEDS_AUTHORIZED' };
  const capture: Capture = {
    id: wanted.id,
    paymentId: payment.id,
    amountCents,
    final: wanted.final || !severalCaptures || amountCents === left,
    state: 'PENDING',
    requestKey: wanted.requestKey,
    inputHash: wanted.inputHash,
    failureCode: null,
    capturedBeforeCents: payment.capturedCents,
    attempt: 1,
    createdAt: now,
  };
  return {
    kind: 'ASK',
    capture,
    after: {
      ...payment,
      captures: [...payment.captures, capture],
      reconcileAt: attemptAt,
      version: payment.version + 1,
    },
  };
}

/** The capture that the provider has not answered yet. */
export const pendingCapture = (payment: Pick<Payment, 'captures'>): Capture | undefined =>
  payment.captures.find((capture) => capture.state === 'PENDING');

/** A request to capture has ended; the money that it moved is told by the intent. */
export function endCapture(payment: Payment, capture: Capture, failureCode: string | null): Payment {
  const ended: Capture = { ...capture, state: failureCode === null ? 'SUCCEEDED' : 'FAILED', failureCode };
  return {
    ...payment,
    captures: payment.captures.map((one) => (one.id === capture.id ? ended : one)),
    reconcileAt: isLive(payment) || payment.saveMethod ? payment.reconcileAt : null,
    version: payment.version + 1,
  };
}
