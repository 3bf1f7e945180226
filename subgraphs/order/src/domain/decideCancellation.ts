import type { Order } from './order.js';
import { isLegal, ORDER_TRANSITIONS } from './orderStates.js';
import type { Refusal } from './refusal.js';

export interface Cancellation {
  readonly by: 'customer' | 'staff';
  readonly reason: string | null;
  /** Who asked, and the idempotency key: the same one again is answered as before. */
  readonly key: string;
}

export type CancellationDecision =
  | { readonly kind: 'CANCEL'; readonly reasonCode: 'CANCELLED_BY_CUSTOMER' | 'CANCELLED_BY_STAFF' }
  | { readonly kind: 'REPLAY' }
  | { readonly kind: 'REFUSE'; readonly refusal: Refusal };

/** Whether a whole order may be cancelled now. */
export function decideCancellation(order: Order, cancellation: Cancellation): CancellationDecision {
  if (order.status === ORDER_TRANSITIONS.CANCEL.to && order.cancelKey === cancellation.key) return { kind: 'REPLAY' };
  if (!isLegal('CANCEL', order, cancellation.by)) {
    const message = `An order that is ${order.status.toLowerCase().replace('_', ' ')} cannot be cancelled.`;
    return { kind: 'REFUSE', refusal: { code: 'ILLEGAL_TRANSITION', message, field: ['id'] } };
  }
  return {
    kind: 'CANCEL',
    reasonCode: cancellation.by === 'staff' ? 'CANCELLED_BY_STAFF' : 'CANCELLED_BY_CUSTOMER',
  };
}
