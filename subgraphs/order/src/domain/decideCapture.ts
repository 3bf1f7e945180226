import type { OrderEdit } from './edit.js';
import { isErased } from './erasure.js';
import type { Order } from './order.js';
import { isLegal } from './orderStates.js';

/** Money that arrived for an order, in minor units. */
export interface CapturedMoney {
  readonly paymentId: string;
  readonly centAmount: number;
  readonly currencyCode: string;
}

export type CaptureDecision =
  /** The order is paid; what came too much (it was made cheaper meanwhile) goes back. */
  | { readonly kind: 'CONFIRM'; readonly excessCents: number }
  /** It had expired: it is paid if its stock can still be sold to it, else the money goes back. */
  | { readonly kind: 'REVIVE'; readonly excessCents: number }
  | { readonly kind: 'REFUND'; readonly reason: RefundReason }
  /**
   * It was made dearer while this payment was on its way: the money goes back, and the order waits for a new payment of its new
   * price.
   */
  | { readonly kind: 'ASK_AGAIN' }
  /** This payment has confirmed the order already. */
  | { readonly kind: 'NOTHING' };

export type RefundReason =
  | 'AMOUNT_MISMATCH'
  | 'CURRENCY_MISMATCH'
  | 'ORDER_CANCELLED'
  | 'ORDER_EXPIRED'
  | 'PAID_TWICE'
  | 'EDIT_LAPSED'
  | 'ORDER_EDITED'
  | 'LINES_CANCELLED';

/**
 * What follows from captured money. Money is never kept for an order that is not delivered: what does not pay for this order,
 * or comes for a cancelled one, goes back; of what pays for more than the order costs by now, the rest.
 */
export function decideCapture(order: Order, captured: CapturedMoney): CaptureDecision {
  if (order.status === 'CONFIRMED' || order.status === 'COMPLETED') {
    return order.paymentId === captured.paymentId ? { kind: 'NOTHING' } : { kind: 'REFUND', reason: 'PAID_TWICE' };
  }
  if (order.currencyCode !== captured.currencyCode) return { kind: 'REFUND', reason: 'CURRENCY_MISMATCH' };
  const excessCents = captured.centAmount - order.totalCents;
  if (excessCents < 0) {
    return order.status === 'PENDING_PAYMENT' ? { kind: 'ASK_AGAIN' } : { kind: 'REFUND', reason: 'AMOUNT_MISMATCH' };
  }
  if (isLegal('CONFIRM', order, 'system')) return { kind: 'CONFIRM', excessCents };
  // There is no address any more that it could be sent to.
  if (isErased(order)) return { kind: 'REFUND', reason: 'ORDER_EXPIRED' };
  if (isLegal('REVIVE', order, 'system')) return { kind: 'REVIVE', excessCents };
  return { kind: 'REFUND', reason: 'ORDER_CANCELLED' };
}

export type EditCaptureDecision =
  /** The edit is paid, and takes effect if it still fits the order; what came too much goes back. */
  | { readonly kind: 'APPLY'; readonly excessCents: number }
  | { readonly kind: 'REFUND'; readonly reason: RefundReason }
  /** This payment has paid the edit already. */
  | { readonly kind: 'NOTHING' };

/** What follows from money that was captured for an edit. */
export function decideEditCapture(
  order: Order,
  edit: Pick<OrderEdit, 'state' | 'paymentId'> & { readonly differenceCents: number },
  captured: CapturedMoney,
): EditCaptureDecision {
  if (edit.state === 'APPLIED' && edit.paymentId === captured.paymentId) return { kind: 'NOTHING' };
  if (edit.state === 'APPLIED') return { kind: 'REFUND', reason: 'PAID_TWICE' };
  if (edit.state !== 'AWAITING_PAYMENT' || order.status !== 'CONFIRMED') {
    return { kind: 'REFUND', reason: 'EDIT_LAPSED' };
  }
  if (order.currencyCode !== captured.currencyCode) return { kind: 'REFUND', reason: 'CURRENCY_MISMATCH' };
  const excessCents = captured.centAmount - edit.differenceCents;
  return excessCents < 0 ? { kind: 'REFUND', reason: 'AMOUNT_MISMATCH' } : { kind: 'APPLY', excessCents };
}
