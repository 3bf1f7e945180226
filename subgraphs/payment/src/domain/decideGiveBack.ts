import { pendingCapture } from './decideCapture.js';
import { capturableCents, isLive, type Payment, refundableCents } from './payment.js';

export type GiveBackDecision =
  | {
      readonly kind: 'GIVE_BACK';
      /** Taken out of what is authorized and not captured. */
      readonly releaseCents: number;
      /** The rest, refunded of what is captured. */
      readonly refundCents: number;
      /** Nothing of it is to be captured (any more): the intent is cancelled, or its authorization voided. */
      readonly cancel: boolean;
    }
  /** A capture is not answered yet: how much is there to give back is known after it. */
  | { readonly kind: 'WAIT' };

/**
 * How `cents` of a payment are given back, all of it when it is null: first what is authorized and not captured is released, then what is
 * captured is refunded. Never more than there is.
 */
export function decideGiveBack(payment: Payment, cents: number | null): GiveBackDecision {
  if (pendingCapture(payment) !== undefined) return { kind: 'WAIT' };
  const wanted = cents ?? Number.MAX_SAFE_INTEGER;
  const capturable = capturableCents(payment);
  const releaseCents = Math.min(wanted, capturable);
  const refundCents = Math.min(wanted - releaseCents, refundableCents(payment));
  const cancel = isLive(payment) && (payment.state !== 'AUTHORIZED' || releaseCents === capturable);
  return { kind: 'GIVE_BACK', releaseCents, refundCents, cancel };
}
