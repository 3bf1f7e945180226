import { money, toGraph } from '@souk/money';
import { isErased } from '../domain/erasure.js';
import type { OrderView } from '../domain/order.js';
import type { OrderForNotificationResolvers, OrderLineForNotificationResolvers } from '../generated/graphql.js';
import { fulfillmentsOf, returnsOf } from './orderParts.js';

const amount = (pick: (order: OrderView) => number) => (order: OrderView) =>
  toGraph(money(pick(order), order.currencyCode));

export const OrderForNotification: OrderForNotificationResolvers = {
  isErased,
  customerName: (order) => order.shippingAddress.fullName,
  phone: (order) => order.shippingAddress.phone ?? null,
  /** What was taken off the order is not told about. */
  lines: (order) =>
    (order.lines ?? [])
      .filter(({ quantity }) => quantity > 0)
      .map((line) => ({ ...line, currencyCode: order.currencyCode })),
  fulfillment: async (order, { id }, context) =>
    (await fulfillmentsOf(order, context)).find((parcel) => parcel.id === id) ?? null,
  return: async (order, { id }, context) => (await returnsOf(order, context)).find((back) => back.id === id) ?? null,
  subtotal: amount((order) => order.subtotalCents),
  discount: amount((order) => order.discountCents),
  shipping: amount((order) => order.shippingCents),
  tax: amount((order) => order.taxCents),
  total: amount((order) => order.totalCents),
};

export const OrderLineForNotification: OrderLineForNotificationResolvers = {
  unitPrice: (line) => toGraph(money(line.unitPriceCents, line.currencyCode)),
  total: (line) => toGraph(money(line.totalCents, line.currencyCode)),
};
