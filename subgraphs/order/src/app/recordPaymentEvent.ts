import type { EventOf, events } from '@souk/events';
import type { Clock, OrderStore } from './ports.js';
import { timelineEntry } from './timelineEntry.js';

type Told = EventOf<typeof events.paymentFailed> | EventOf<typeof events.paymentRefunded>;
const ATTEMPTS = 10;

/**
 * Writes what payment told (a refused attempt, a refund) into the order's timeline, once per event. It never changes the
 * order's status: a late failure cannot undo a confirmed order.
 */
export const recordPaymentEvent =
  (deps: { orders: OrderStore; clock: Clock }) =>
  async (event: Told): Promise<void> => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const { order, applied } = await deps.orders.forEvent(event.data.orderId, event.id);
      if (applied) return;
      if (order === undefined) throw new Error(`payment ${event.data.paymentId} is for an order that does not exist`);
      const { orderId: _, ...data } = event.data;
      const type = 'failureCode' in event.data ? 'PAYMENT_FAILED' : 'REFUNDED';
      const timeline = [timelineEntry(type, deps.clock(), { data })];
      const after = { ...order, version: order.version + 1 };
      if ((await deps.orders.apply([{ before: order, after, timeline, published: [] }], event.id)).has(order.id))
        return;
    }
    throw new Error(`order ${event.data.orderId} changed ${ATTEMPTS} times while an event was being recorded`);
  };
