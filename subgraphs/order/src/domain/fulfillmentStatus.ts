import type { Order, OrderLine } from './order.js';
import type { FulfillmentStatus } from './orderStates.js';

type Counters = Pick<OrderLine, 'quantity' | 'quantityFulfilled' | 'quantityDelivered' | 'quantityReturned'>;

/**
 * The fulfilment status that the counters of an order's lines amount to. Whoever changes a line writes it with the same
 * change. Lines that were edited down to 0 do not count.
 */
export function fulfillmentStatusOf(lines: readonly Counters[]): FulfillmentStatus {
  const ordered = lines.filter((line) => line.quantity > 0);
  if (ordered.every((line) => line.quantityFulfilled === 0)) return 'UNFULFILLED';
  if (ordered.some((line) => line.quantityFulfilled < line.quantity)) return 'PARTIALLY_FULFILLED';
  if (ordered.every((line) => line.quantityReturned === line.quantity)) return 'RETURNED';
  return ordered.every((line) => line.quantityDelivered === line.quantity) ? 'DELIVERED' : 'FULFILLED';
}

/**
 * The order with the fulfilment status that these lines (all of them) amount to, since `at` when it is new. Delivered is
 * delivered whole: a part that is still to come, or a new article in exchange, ends it until that has arrived too.
 */
export function withLines<O extends Order>(order: O, lines: readonly OrderLine[], at: Date): O {
  const fulfillmentStatus = fulfillmentStatusOf(lines);
  const arrived = fulfillmentStatus === 'DELIVERED' ? (order.deliveredAt ?? at) : null;
  return { ...order, fulfillmentStatus, deliveredAt: fulfillmentStatus === 'RETURNED' ? order.deliveredAt : arrived };
}
