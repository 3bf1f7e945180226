import type { OrderLine, OrderView, TimelineEntry } from '../domain/order.js';
import type { Context } from './context.js';
import type { FulfillmentModel, OrderLineModel, ReturnModel } from './models.js';

/** All of these read what came with the order; an order that came without (in a list, a mutation's payload) is completed by a loader. */
export async function linesOf(order: OrderView, { loaders }: Context): Promise<readonly OrderLine[]> {
  return order.lines ?? (await loaders.order({ lines: true, timeline: false }).load(order.id))?.lines ?? [];
}

export async function timelineOf(order: OrderView, { loaders }: Context): Promise<readonly TimelineEntry[]> {
  return order.timeline ?? (await loaders.order({ lines: false, timeline: true }).load(order.id))?.timeline ?? [];
}

async function withParcels(order: OrderView, { loaders }: Context): Promise<OrderView> {
  if (order.fulfillments !== undefined && order.returns !== undefined) return order;
  const found = await loaders.order({ lines: true, timeline: false, parcels: true }).load(order.id);
  return found === undefined ? order : { ...found, timeline: order.timeline };
}

export async function fulfillmentsOf(order: OrderView, context: Context): Promise<FulfillmentModel[]> {
  const whole = await withParcels(order, context);
  return (whole.fulfillments ?? []).map((parcel) => ({ ...parcel, order: whole }));
}

export async function returnsOf(order: OrderView, context: Context): Promise<ReturnModel[]> {
  const whole = await withParcels(order, context);
  return (whole.returns ?? []).map((back) => ({ ...back, order: whole }));
}

/** A line of an order as the graph's parent. Throws for one that the order does not have: the database forbids that. */
export async function lineOf(order: OrderView, lineId: string, context: Context): Promise<OrderLineModel> {
  const line = (await linesOf(order, context)).find(({ id }) => id === lineId);
  if (line === undefined) throw new Error(`order ${order.id} has no line ${lineId}`);
  return { ...line, currencyCode: order.currencyCode };
}
