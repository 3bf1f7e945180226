import type { EventOf, events } from '@souk/events';
import type { TimelineType } from '../domain/order.js';
import type { Clock, OrderStore } from './ports.js';
import { timelineEntry } from './timelineEntry.js';

type Told =
  | EventOf<typeof events.paymentFailed>
  | EventOf<typeof events.paymentRefunded>
  | EventOf<typeof events.paymentDisputed>;

const TYPES: Readonly<Record<string, TimelineType>> = {
  'payment.failed': 'PAYMENT_FAILED',
  'payment.refunded': 'REFUNDED',
  'payment.disputed': 'PAYMENT_DISPUTED',
};
const ATTEMPTS = 10;

/**
 * Writes what payment told (a refused attempt, a refund, a dispute) into the order's timeline, once per event. It never changes the
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
      const type = TYPES[event.type];
      if (type === undefined) throw new Error(`${event.type} has no entry in timelines`);
      // What a customer's bank and we think of a dispute is for the staff.
      const timeline = [timelineEntry(type, deps.clock(), { data, isPublic: type !== 'PAYMENT_DISPUTED' })];
      const after = { ...order, version: order.version + 1 };
      if ((await deps.orders.apply([{ before: order, after, timeline, published: [] }], event.id)).has(order.id))
        return;
    }
    throw new Error(`order ${event.data.orderId} changed ${ATTEMPTS} times while an event was being recorded`);
  };
