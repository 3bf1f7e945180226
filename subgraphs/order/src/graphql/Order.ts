import { money, toGraph } from '@souk/money';
import { MAX_PAGE_SIZE } from '@souk/runtime';
import { actingOn, isOrderStaff } from '../app/viewerMaySee.js';
import type { OrderView } from '../domain/order.js';
import { allowedActions } from '../domain/orderStates.js';
import type { OrderResolvers } from '../generated/graphql.js';
import { editModel } from './editModel.js';
import { fulfillmentsOf, linesOf, returnsOf, timelineOf } from './orderParts.js';
import { selectedParts } from './selection.js';

const amount = (pick: (order: OrderView) => number) => (order: OrderView) =>
  toGraph(money(pick(order), order.currencyCode));

export const Order: OrderResolvers = {
  __resolveReference: ({ id }, { loaders }, info) => loaders.order(selectedParts(info)).load(id),
  allowedActions: (order, _, { viewer, app }) => {
    const actor = actingOn(viewer, order);
    return actor === null ? [] : allowedActions(order, actor, new Date(), app.returnWindowMs);
  },
  customer: (order) => (order.customerId === null ? null : { id: order.customerId }),
  lines: async (order, _, context) =>
    (await linesOf(order, context)).map((line) => ({ ...line, currencyCode: order.currencyCode })),
  fulfillments: (order, _, context) => fulfillmentsOf(order, context),
  returns: (order, _, context) => returnsOf(order, context),
  subtotal: amount((order) => order.subtotalCents),
  discount: amount((order) => order.discountCents),
  shipping: amount((order) => order.shippingCents),
  tax: amount((order) => order.taxCents),
  total: amount((order) => order.totalCents),
  discountCodes: (order) => order.couponCodes,
  events: async (order, { first, after }, context) => {
    const staff = isOrderStaff(context.viewer);
    const visible = (await timelineOf(order, context)).filter((entry) => entry.isPublic || staff);
    const start = after ? visible.findIndex((entry) => entry.id === after) + 1 : 0;
    const count = Math.min(Math.max(first ?? 50, 0), MAX_PAGE_SIZE);
    return visible.slice(start, start + count).map((entry) => ({ ...entry, customerId: order.customerId }));
  },
  openEdit: async ({ id, openEdit, currencyCode }, _, { loaders }) => {
    if (openEdit === null) return null;
    const edit = (await loaders.edits.load(id)).find((one) => one.id === openEdit.id);
    return (edit && editModel(edit, currencyCode)) ?? null;
  },
  edits: async ({ id, currencyCode }, _, { loaders }) =>
    (await loaders.edits.load(id)).flatMap((edit) => editModel(edit, currencyCode) ?? []),
  reservationExpiresAt: (order) => (order.status === 'PENDING_PAYMENT' ? order.paymentDueAt : null),
};
