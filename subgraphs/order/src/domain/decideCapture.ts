import type { Order } from './order.js';
import { isLegal } from './orderStates.js';

/** Money that arrived for an order, in minor units. */
export interface CapturedMoney {
  readonly paymentId: string;
  readonly centAmount: number;
  readonly currencyCode: string;
}

export type CaptureDecision =
  /** The order is paid. */
  | { readonly kind: 'CONFIRM' }
  /** It had expired: it is paid if its stock can still be sold to it, else the money goes back. */
  | { readonly kind: 'REVIVE' }
  | { readonly kind: 'REFUND'; readonly reason: RefundReason }
  /** This payment has confirmed the order already. */
  | { readonly kind: 'NOTHING' };

export type RefundReason = 'AMOUNT_MISMATCH' | 'CURRENCY_MISMATCH' | 'ORDER_CANCELLED' | 'ORDER_EXPIRED' | 'PAID_TWICE';

/**
 * What follows from captured money. Money is never kept for an order that is not delivered: what does not pay for this order
 * exactly, or comes for a cancelled one, goes back.
 */
export function decideCapture(order: Order, captured: CapturedMoney): CaptureDecision {
  if (order.status === 'CONFIRMED') {
    return order.paymentId === captured.paymentId ? { kind: 'NOTHING' } : { kind: 'REFUND', reason: 'PAID_TWICE' };
  }
  if (order.currencyCode !== captured.currencyCode) return { kind: 'REFUND', reason: 'CURRENCY_MISMATCH' };
  if (order.totalCents !== captured.centAmount) return { kind: 'REFUND', reason: 'AMOUNT_MISMATCH' };
  if (isLegal('CONFIRM', order, 'system')) return { kind: 'CONFIRM' };
  if (isLegal('REVIVE', order, 'system')) return { kind: 'REVIVE' };
  return { kind: 'REFUND', reason: 'ORDER_CANCELLED' };
}
