import { events, newEvent } from '@souk/events';
import type { Order } from '../domain/order.js';
import { endedData } from './endedData.js';
import type { OrderChange } from './ports.js';
import { timelineEntry } from './timelineEntry.js';

/** Why and by which request an order is cancelled. `code` travels in the event, `reason` is free text and does not. */
export interface Cancelled {
  readonly code: string;
  readonly reason: string | null;
  readonly key: string | null;
}

/** An order becomes CANCELLED, with `order.cancelled`: stock and coupons are released, money goes back. */
export function cancelledChange(order: Order, { code, reason, key }: Cancelled, now: Date): OrderChange {
  const after: Order = {
    ...order,
    status: 'CANCELLED',
    cancelledAt: now,
    cancelReason: reason,
    cancelKey: key,
    version: order.version + 1,
  };
  const event = newEvent(events.orderCancelled, {
    aggregateId: order.id,
    sequence: after.version,
    now,
    data: endedData(order, code),
  });
  return { before: order, after, timeline: [timelineEntry('CANCELLED', now, { message: reason })], published: [event] };
}
