import { type EventOf, events, newEvent } from '@souk/events';
import type { RefundReason } from '../domain/decideCapture.js';
import type { Order } from '../domain/order.js';

/** Makes payment give money back, once. `sequence` is the version of the order that the money is given back for. */
export const refundRequired = (
  order: Pick<Order, 'id' | 'currencyCode'>,
  back: {
    readonly paymentId: string;
    readonly centAmount: number;
    readonly currencyCode?: string;
    readonly reason: RefundReason;
  },
  sequence: number,
  now: Date,
): EventOf<typeof events.orderRefundRequired> =>
  newEvent(events.orderRefundRequired, {
    aggregateId: order.id,
    sequence,
    now,
    data: {
      orderId: order.id,
      paymentId: back.paymentId,
      centAmount: back.centAmount,
      currencyCode: back.currencyCode ?? order.currencyCode,
      reason: back.reason,
    },
  });
