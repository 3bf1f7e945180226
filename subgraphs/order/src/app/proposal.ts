import { events, newEvent } from '@souk/events';
import { differenceCents, type EditPlan, type OrderEdit } from '../domain/edit.js';
import type { Order } from '../domain/order.js';
import type { EditWrite } from './editPorts.js';
import type { OrderChange } from './ports.js';
import { timelineEntry } from './timelineEntry.js';

/** The change by which an edit begins to wait for the payment of its difference, with `order.edit_proposed`. */
export function proposal(o: {
  readonly order: Order;
  readonly edit: OrderEdit;
  readonly plan: EditPlan;
  readonly from: EditWrite['from'];
  readonly now: Date;
  readonly dueAt: Date;
}): OrderChange {
  const { order, edit, plan, now, dueAt } = o;
  const dueCents = differenceCents(plan);
  const after: Order = { ...order, openEdit: { id: edit.id, dueAt, dueCents }, version: order.version + 1 };
  const timeline = [
    timelineEntry('EDIT_PROPOSED', now, { data: { editId: edit.id, dueCents, dueAt: dueAt.toISOString() } }),
  ];
  if (edit.note !== null) {
    timeline.push(timelineEntry('NOTE_ADDED', now, { message: edit.note, isPublic: false, data: { editId: edit.id } }));
  }
  return {
    before: order,
    after,
    edit: { edit: { ...edit, state: 'AWAITING_PAYMENT', plan, dueAt }, from: o.from },
    timeline,
    published: [
      newEvent(events.orderEditProposed, {
        aggregateId: order.id,
        sequence: after.version,
        now,
        data: {
          orderId: order.id,
          number: order.number,
          customerId: order.customerId,
          editId: edit.id,
          dueCentAmount: dueCents,
          currencyCode: order.currencyCode,
          dueAt: dueAt.toISOString(),
        },
      }),
    ],
  };
}
