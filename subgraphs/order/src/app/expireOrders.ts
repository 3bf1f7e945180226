import { events, newEvent } from '@souk/events';
import { newContext, runInContext } from '@souk/runtime';
import type { Order } from '../domain/order.js';
import { isLegal } from '../domain/orderStates.js';
import { endedData } from './endedData.js';
import type { Clock, OrderChange, OrderStore } from './ports.js';
import { timelineEntry } from './timelineEntry.js';

/** Orders that one round expires. */
export const EXPIRY_BATCH = 200;

/**
 * One round of the expiry sweeper: orders that were not paid in time become EXPIRED, each with `order.expired` (stock and coupons are
 * released, the payment is cancelled), all in one statement. An order that is paid or cancelled at the same moment is left
 * alone: the change is bound to the version it was decided on. Answers how many were overdue.
 */
export const expireOrders = (deps: { orders: OrderStore; clock: Clock }) => async (): Promise<number> => {
  const overdue = await deps.orders.overdue(EXPIRY_BATCH);
  const now = deps.clock();
  const changes = overdue
    .filter((order) => isLegal('EXPIRE', order, 'system'))
    .map((order) => runInContext(newContext('background', { actor: 'service:order' }), () => expiryOf(order, now)));
  if (changes.length > 0) await deps.orders.apply(changes);
  return overdue.length;
};

function expiryOf(order: Order, now: Date): OrderChange {
  const after: Order = { ...order, status: 'EXPIRED', expiredAt: now, version: order.version + 1 };
  const event = newEvent(events.orderExpired, {
    aggregateId: order.id,
    sequence: after.version,
    now,
    data: endedData(order, 'PAYMENT_WINDOW_PASSED'),
  });
  return { before: order, after, timeline: [timelineEntry('EXPIRED', now)], published: [event] };
}
