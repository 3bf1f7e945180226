import type { EventOf, events } from '@souk/events';
import { decideClosing } from '../domain/decideReturn.js';
import type { WholeOrders } from './afterSalesPorts.js';
import type { Clock, OrderStore } from './ports.js';
import { timelineEntry } from './timelineEntry.js';

export interface CloseReturnDeps {
  readonly orders: Pick<OrderStore, 'forEvent' | 'apply'>;
  readonly whole: Pick<WholeOrders, 'of'>;
  readonly clock: Clock;
}

const ATTEMPTS = 10;

/**
 * What follows from `payment.refunded` for a return, once per event: the return is CLOSED, and the timeline shows the refund. Throws
 * when the order is unknown: the event is delivered again later.
 */
export const closeReturn =
  (deps: CloseReturnDeps) =>
  async (event: EventOf<typeof events.paymentRefunded>, returnId: string): Promise<void> => {
    const { orderId, ...data } = event.data;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      if ((await deps.orders.forEvent(orderId, event.id)).applied) return;
      const whole = await deps.whole.of({ kind: 'order', id: orderId });
      if (whole === undefined) throw new Error(`payment ${data.paymentId} is for an order that does not exist`);
      const { lines: _, fulfillments: __, returns, ...order } = whole;
      const now = deps.clock();
      const back = returns.find(({ id }) => id === returnId);
      const step = back && decideClosing(whole, back, data.centAmount, now);
      const counted = step?.kind === 'CHANGE' ? step.after.returns.filter((one) => !returns.includes(one)) : [];
      const closed = back?.status === 'CLOSED' ? [] : counted;
      const change = {
        before: order,
        after: { ...order, version: order.version + 1 },
        returns: counted,
        timeline: [
          timelineEntry('REFUNDED', now, { data }),
          ...closed.map(({ id, number }) => timelineEntry('RETURN_CLOSED', now, { data: { returnId: id, number } })),
        ],
        published: [],
      };
      if ((await deps.orders.apply([change], event.id)).has(orderId)) return;
    }
    throw new Error(`order ${orderId} changed ${ATTEMPTS} times while its return was being closed`);
  };
