import type { Fulfillment, LineQuantity } from './fulfillment.js';
import { SHIPMENT_TRANSITIONS, type ShipmentTransition, shipmentMay } from './fulfillmentStates.js';
import { withLines } from './fulfillmentStatus.js';
import type { OrderLine } from './order.js';
import { isLegal } from './orderStates.js';
import { isExpected } from './returnStates.js';
import { change, refuse, replaced, replay, type Step, spoken, type WholeOrder } from './wholeOrder.js';

export type NewParcel = Pick<Fulfillment, 'id' | 'lines' | 'carrier' | 'trackingNumber' | 'key' | 'inputHash'>;

/** A parcel leaves: never more of a line than was ordered and has not left yet. The same key and lines again is a replay. */
export function decideShipping(order: WholeOrder, parcel: NewParcel, now: Date): Step {
  const earlier = order.fulfillments.find(({ key }) => key === parcel.key);
  if (earlier !== undefined) {
    return earlier.inputHash === parcel.inputHash
      ? replay
      : refuse('IDEMPOTENCY_KEY_REUSED', 'This key was used for another parcel. Use a new key for each parcel.', [
          'idempotencyKey',
        ]);
  }
  if (!isLegal('FULFILL', order, 'staff')) {
    const why = order.status === 'CONFIRMED' ? 'of which everything was shipped' : `that is ${spoken(order.status)}`;
    return refuse('ILLEGAL_TRANSITION', `Nothing can be shipped of an order ${why}.`, ['orderId']);
  }
  if (order.openEdit !== null) {
    const message = 'A change of this order waits for its payment: ship when it is paid or called off.';
    return refuse('CONFLICT', message, ['orderId']);
  }
  const fault = quantitiesFault(order, parcel.lines, (line) => line.quantity - line.quantityFulfilled, 'left to ship');
  if (fault !== null) return fault;
  const made: Fulfillment = { ...parcel, status: 'SHIPPED', shippedAt: now, deliveredAt: null, cancelledAt: null };
  const lines = counted(order.lines, parcel.lines, (line, units) => ({
    ...line,
    quantityFulfilled: line.quantityFulfilled + units,
  }));
  return change(withLines({ ...order, lines, fulfillments: [...order.fulfillments, made] }, lines, now));
}

/** Another tracking number or carrier, as long as the parcel is on its way. */
export function decideTracking(
  order: WholeOrder,
  parcel: Fulfillment,
  tracking: Pick<Fulfillment, 'carrier' | 'trackingNumber'>,
): Step {
  if (parcel.carrier === tracking.carrier && parcel.trackingNumber === tracking.trackingNumber) return replay;
  if (!shipmentMay('TRACK', parcel.status, 'staff')) return illegal('TRACK', parcel);
  return change({ ...order, fulfillments: replaced(order.fulfillments, { ...parcel, ...tracking }) });
}

/** The parcel has arrived, at a moment that is not later than now. */
export function decideDelivery(
  order: WholeOrder,
  parcel: Fulfillment,
  by: 'staff' | 'carrier',
  deliveredAt: Date,
): Step {
  if (parcel.status === SHIPMENT_TRANSITIONS.DELIVER.to) return replay;
  if (!shipmentMay('DELIVER', parcel.status, by)) return illegal('DELIVER', parcel);
  const lines = counted(order.lines, parcel.lines, (line, units) => ({
    ...line,
    quantityDelivered: line.quantityDelivered + units,
  }));
  const fulfillments = replaced(order.fulfillments, { ...parcel, status: 'DELIVERED', deliveredAt });
  return change(withLines({ ...order, lines, fulfillments }, lines, deliveredAt));
}

/** What a carrier tells besides the delivery. What does not fit, because it is late or came twice, changes nothing. */
export function decideCarrierStep(order: WholeOrder, parcel: Fulfillment, step: 'MOVE' | 'SEND_BACK'): Step {
  const { to } = SHIPMENT_TRANSITIONS[step];
  if (to === null || !shipmentMay(step, parcel.status, 'carrier')) return replay;
  return change({ ...order, fulfillments: replaced(order.fulfillments, { ...parcel, status: to }) });
}

/** A parcel that did not leave, or came back: its units wait for a parcel again. */
export function decideParcelCancellation(order: WholeOrder, parcel: Fulfillment, now: Date): Step {
  if (parcel.status === SHIPMENT_TRANSITIONS.CANCEL.to) return replay;
  if (!shipmentMay('CANCEL', parcel.status, 'staff')) return illegal('CANCEL', parcel);
  if (order.status !== 'CONFIRMED') {
    return refuse('ILLEGAL_TRANSITION', `The order is ${spoken(order.status)}: its parcels stay as they are.`);
  }
  const open = expectedUnits(order);
  const coming = parcel.lines.find(({ lineId, quantity }) => {
    const line = order.lines.find(({ id }) => id === lineId);
    return line !== undefined && line.quantityFulfilled - quantity < line.quantityReturned + (open.get(lineId) ?? 0);
  });
  if (coming !== undefined) {
    return refuse('CONFLICT', 'Units of this parcel are being returned. Cancel or decline that return first.');
  }
  const lines = counted(order.lines, parcel.lines, (line, units) => ({
    ...line,
    quantityFulfilled: line.quantityFulfilled - units,
  }));
  const fulfillments = replaced(order.fulfillments, { ...parcel, status: 'CANCELLED', cancelledAt: now });
  return change(withLines({ ...order, lines, fulfillments }, lines, now));
}

/** How many units of each line customers have asked to send back and that are not there yet. */
export function expectedUnits(order: Pick<WholeOrder, 'returns'>): ReadonlyMap<string, number> {
  const units = new Map<string, number>();
  for (const { lines } of order.returns.filter(({ status }) => isExpected(status))) {
    for (const { lineId, quantity } of lines) units.set(lineId, (units.get(lineId) ?? 0) + quantity);
  }
  return units;
}

/** What is wrong with the lines of a request; null when nothing is. `free` says how many units of a line there are for it. */
export function quantitiesFault(
  order: WholeOrder,
  wanted: readonly LineQuantity[],
  free: (line: OrderLine) => number,
  what: string,
): Step | null {
  if (wanted.length === 0) return refuse('INVALID', 'Name at least one line.', ['lines']);
  if (new Set(wanted.map(({ lineId }) => lineId)).size < wanted.length) {
    return refuse('INVALID', 'Name each line once.', ['lines']);
  }
  for (const [index, { lineId, quantity }] of wanted.entries()) {
    const line = order.lines.find(({ id }) => id === lineId);
    if (line === undefined) return refuse('NOT_FOUND', 'The order has no such line.', ['lines', `${index}`, 'lineId']);
    const field = ['lines', `${index}`, 'quantity'];
    if (quantity < 1) return refuse('INVALID', 'A quantity is at least 1.', field);
    if (quantity > free(line)) {
      const message = `Only ${free(line)} of ${line.quantity} ordered are ${what}.`;
      return refuse('QUANTITY_EXCEEDS_ORDERED', message, field);
    }
  }
  return null;
}

/** The lines with the units of a parcel counted into them. */
function counted(
  lines: readonly OrderLine[],
  parcel: readonly LineQuantity[],
  count: (line: OrderLine, units: number) => OrderLine,
): readonly OrderLine[] {
  const units = new Map(parcel.map(({ lineId, quantity }) => [lineId, quantity]));
  return lines.map((line) => {
    const quantity = units.get(line.id);
    return quantity === undefined ? line : count(line, quantity);
  });
}

function illegal(transition: ShipmentTransition, parcel: Fulfillment): Step {
  const done = {
    MOVE: 'moved',
    DELIVER: 'delivered',
    SEND_BACK: 'sent back',
    TRACK: 'tracked anew',
    CANCEL: 'cancelled',
  };
  return refuse('ILLEGAL_TRANSITION', `A parcel that is ${spoken(parcel.status)} cannot be ${done[transition]}.`);
}
