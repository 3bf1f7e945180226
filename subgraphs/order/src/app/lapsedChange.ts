import { events, newEvent } from '@souk/events';
import type { OrderEdit } from '../domain/edit.js';
import type { Order } from '../domain/order.js';
import type { OrderChange } from './ports.js';
import { timelineEntry } from './timelineEntry.js';

export type LapseReason = 'NOT_PAID_IN_TIME' | 'CALLED_OFF' | 'NO_LONGER_FITS' | 'ORDER_CANCELLED';

/** The change that ends an edit which waited for its payment, with `order.edit_lapsed`: its stock is free, its payment is cancelled. */
export function lapsedChange(
  order: Order,
  edit: OrderEdit,
  state: 'EXPIRED' | 'CANCELLED',
  reason: LapseReason,
  now: Date,
): OrderChange & { readonly after: Order } {
  const after: Order = {
    ...order,
    openEdit: order.openEdit?.id === edit.id ? null : order.openEdit,
    version: order.version + 1,
  };
  return {
    before: order,
    after,
    edit: { edit: { ...edit, state, settledAt: now }, from: { state: 'AWAITING_PAYMENT' } },
    timeline: [timelineEntry('EDIT_LAPSED', now, { data: { editId: edit.id, reason } })],
    published: [
      newEvent(events.orderEditLapsed, {
        aggregateId: order.id,
        sequence: after.version,
        now,
        data: { orderId: order.id, editId: edit.id, reason },
      }),
    ],
  };
}
