import type { EditPlan } from './edit.js';
import { fulfillmentStatusOf } from './fulfillmentStatus.js';
import { type Order, type OrderLine, orderLine } from './order.js';

/** An order as a plan leaves it, and the lines that are to be written. */
export interface PlannedOrder {
  readonly order: Order;
  readonly lines: readonly OrderLine[];
}

/**
 * The order with the plan in effect. Undefined when the plan was made for an order that is no more: it costs something else
 * now, one of the lines that the plan lowers was changed or has left, or the goods are on their way to the old address.
 */
export function applyPlan(
  order: Order,
  lines: readonly OrderLine[],
  plan: EditPlan,
  now: Date,
): PlannedOrder | undefined {
  if (order.totalCents !== plan.before.totalCents || order.taxCents !== plan.before.taxCents) return undefined;
  const elsewhere = plan.shippingAddress !== null || plan.shippingMethod !== null;
  if (elsewhere && order.fulfillmentStatus !== 'UNFULFILLED') return undefined;
  const written: OrderLine[] = [];
  for (const { quantityBefore, ...planned } of plan.lines) {
    if (quantityBefore === 0) {
      written.push(orderLine(planned));
      continue;
    }
    const line = lines.find(({ id }) => id === planned.id);
    if (line === undefined || line.quantity !== quantityBefore || line.quantityFulfilled > planned.quantity) {
      return undefined;
    }
    const { quantity, discountCents, taxCents, totalCents } = planned;
    written.push({ ...line, quantity, discountCents, taxCents, totalCents });
  }
  const byId = new Map(written.map((line) => [line.id, line]));
  const fulfillmentStatus = fulfillmentStatusOf([
    ...lines.map((line) => byId.get(line.id) ?? line),
    ...written.filter((line) => !lines.some(({ id }) => id === line.id)),
  ]);
  const isDelivered = fulfillmentStatus === 'DELIVERED' || fulfillmentStatus === 'RETURNED';
  return {
    lines: written,
    order: {
      ...order,
      ...plan.after,
      shippingAddress: plan.shippingAddress ?? order.shippingAddress,
      billingAddress: plan.billingAddress ?? order.billingAddress,
      shippingMethodId: plan.shippingMethod?.id ?? order.shippingMethodId,
      shippingMethodName: plan.shippingMethod?.name ?? order.shippingMethodName,
      fulfillmentStatus,
      // What was taken off was the last that had not arrived: the return window begins now.
      deliveredAt: isDelivered ? (order.deliveredAt ?? now) : null,
      version: order.version + 1,
    },
  };
}
