import { money, toGraph } from '@souk/money';
import { isOrderStaff } from '../app/viewerMaySee.js';
import { differenceCents } from '../domain/edit.js';
import type { OrderChangeResolvers, OrderEditResolvers, OrderLineChangeResolvers } from '../generated/graphql.js';
import type { OrderChangeModel } from './models.js';

export const OrderEdit: OrderEditResolvers = {
  change: ({ plan, currencyCode }) => ({ plan, currencyCode }),
  note: ({ note }, _, { viewer }) => (isOrderStaff(viewer) ? note : null),
};

const amount = (pick: (change: OrderChangeModel) => number) => (change: OrderChangeModel) =>
  toGraph(money(pick(change), change.currencyCode));

export const OrderChange: OrderChangeResolvers = {
  lines: ({ plan, currencyCode }) => plan.lines.map((line) => ({ ...line, currencyCode })),
  totalBefore: amount(({ plan }) => plan.before.totalCents),
  totalAfter: amount(({ plan }) => plan.after.totalCents),
  subtotalAfter: amount(({ plan }) => plan.after.subtotalCents),
  discountAfter: amount(({ plan }) => plan.after.discountCents),
  shippingAfter: amount(({ plan }) => plan.after.shippingCents),
  taxAfter: amount(({ plan }) => plan.after.taxCents),
  difference: amount(({ plan }) => differenceCents(plan)),
};

export const OrderLineChange: OrderLineChangeResolvers = {
  lineId: ({ id, quantityBefore }) => (quantityBefore === 0 ? null : id),
  variant: ({ variantId }) => ({ id: variantId }),
  quantityAfter: ({ quantity }) => quantity,
  unitPrice: (line) => toGraph(money(line.unitPriceCents, line.currencyCode)),
  totalAfter: (line) => toGraph(money(line.totalCents, line.currencyCode)),
};
