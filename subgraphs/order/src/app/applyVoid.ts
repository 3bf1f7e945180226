import type { EventOf, events } from '@souk/events';
import type { Order } from '../domain/order.js';
import { isLegal } from '../domain/orderStates.js';
import { cancelledChange } from './cancelledChange.js';
import type { EditStore } from './editPorts.js';
import { lapseEdit } from './lapseEdits.js';
import type { Clock, OrderChange, OrderStore } from './ports.js';
import { timelineEntry } from './timelineEntry.js';

type Voided = EventOf<typeof events.paymentVoided>;
const ATTEMPTS = 10;

/**
 * What follows from `payment.voided`, once per event: an order that this payment had confirmed, and of which nothing was shipped, is
 * cancelled with `order.cancelled`, for nobody pays for it any more. In every other case it is told in the timeline: staff decide
 * about what was shipped. Throws when the order is unknown, or has not heard of the authorization that is voided (it is delivered again
 * later): else an authorization that comes after its end would confirm an order that nobody pays.
 */
export const applyVoid =
  (deps: { orders: OrderStore; edits: Pick<EditStore, 'byIds' | 'overdue'>; clock: Clock }) =>
  async (event: Voided): Promise<void> => {
    const { orderId, paymentId } = event.data;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const { order, applied } = await deps.orders.forEvent(orderId, event.id);
      if (applied) return;
      if (order === undefined) throw new Error(`payment ${paymentId} is for an order that does not exist`);
      if (!(await knowsAuthorization(deps.orders, order, paymentId))) {
        throw new Error(`payment ${paymentId} was voided, and its authorization has not arrived yet`);
      }
      const cancels = order.paymentId === paymentId && isLegal('CANCEL', order, 'system');
      if (cancels && order.openEdit !== null) {
        await lapseEdit(deps, order.openEdit.id, 'CANCELLED', 'ORDER_CANCELLED');
        continue;
      }
      const change = changeOf(order, event, cancels, deps.clock());
      if ((await deps.orders.apply([change], event.id)).has(order.id)) return;
    }
    throw new Error(`order ${orderId} changed ${ATTEMPTS} times while an event was being applied`);
  };

async function knowsAuthorization(orders: OrderStore, order: Order, paymentId: string): Promise<boolean> {
  if (order.paymentId === paymentId) return true;
  const [whole] = await orders.byIds([order.id], { lines: false, timeline: true });
  return (whole?.timeline ?? []).some(
    ({ type, data }) => type === 'PAYMENT_AUTHORIZED' && data?.paymentId === paymentId,
  );
}

function changeOf(order: Order, { data }: Voided, cancels: boolean, now: Date): OrderChange {
  const { paymentId, reason } = data;
  const told = timelineEntry('PAYMENT_VOIDED', now, { data: { paymentId, reason } });
  if (!cancels) {
    return { before: order, after: { ...order, version: order.version + 1 }, timeline: [told], published: [] };
  }
  const change = cancelledChange(order, { code: 'PAYMENT_VOIDED', reason: null, key: null }, now);
  return { ...change, timeline: [told, ...change.timeline] };
}
