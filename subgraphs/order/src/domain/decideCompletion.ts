import { isLegal } from './orderStates.js';
import { isOpen } from './returnStates.js';
import { change, refuse, replay, type Step, spoken, type WholeOrder } from './wholeOrder.js';

/** Nothing follows any more. */
export function decideCompletion(order: WholeOrder, by: 'staff' | 'system', now: Date): Step {
  if (order.status === 'COMPLETED') return replay;
  if (!isLegal('COMPLETE', order, by)) {
    const why = order.status === 'CONFIRMED' ? spoken(order.fulfillmentStatus) : spoken(order.status);
    return refuse('ILLEGAL_TRANSITION', `An order that is ${why} cannot be completed.`);
  }
  if (order.returns.some(({ status }) => isOpen(status))) {
    return refuse('CONFLICT', 'A return of this order is open: receive, decline or cancel it first.');
  }
  if (order.openEdit !== null) {
    return refuse('CONFLICT', 'A change of this order waits for its payment: call it off first.');
  }
  return change({ ...order, status: 'COMPLETED', completedAt: now });
}
