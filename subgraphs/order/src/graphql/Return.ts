import { money, toGraph } from '@souk/money';
import { isOrderStaff } from '../app/viewerMaySee.js';
import type { ReturnLineResolvers, ReturnResolvers } from '../generated/graphql.js';
import { lineOf } from './orderParts.js';

export const Return: ReturnResolvers = {
  lines: ({ lines, order }) => lines.map((line) => ({ ...line, order })),
  receiptNote: ({ receiptNote }, _, { viewer }) => (isOrderStaff(viewer) ? receiptNote : null),
  refund: ({ refundCents, order }) => toGraph(money(refundCents, order.currencyCode)),
};

export const ReturnLine: ReturnLineResolvers = {
  line: ({ order, lineId }, _, context) => lineOf(order, lineId, context),
  refund: ({ refundCents, order }) => toGraph(money(refundCents, order.currencyCode)),
  exchangeVariant: ({ exchange }) => (exchange === null ? null : { id: exchange.variantId }),
};
