import { type EventEnvelope, events, newEvent } from '@souk/events';
import { type Order, stockIdsOf } from '../domain/order.js';

/** `order.confirmed` of an order as it is from `sequence` on; `paymentId` is null for one that costs nothing. */
export const orderConfirmedEvent = (
  order: Order,
  paymentId: string | null,
  sequence: number,
  now: Date,
): EventEnvelope =>
  newEvent(events.orderConfirmed, {
    aggregateId: order.id,
    sequence,
    now,
    data: {
      orderId: order.id,
      stockIds: stockIdsOf(order),
      number: order.number,
      customerId: order.customerId,
      currencyCode: order.currencyCode,
      totalCentAmount: order.totalCents,
      paymentId,
    },
  });
