import { money, toGraph } from '@souk/money';
import { trackingUrl } from '../domain/carriers.js';
import type {
  ArticleForNotificationResolvers,
  FulfillmentForNotificationResolvers,
  ReturnForNotificationResolvers,
  ReturnLineForNotificationResolvers,
} from '../generated/graphql.js';
import { lineOf, linesOf } from './orderParts.js';

export const FulfillmentForNotification: FulfillmentForNotificationResolvers = {
  trackingUrl: ({ carrier, trackingNumber }) => trackingUrl(carrier, trackingNumber),
  lines: ({ lines, order }) => lines.map((line) => ({ ...line, order })),
  isWholeOrder: async ({ lines, order }, _, context) => {
    const units = new Map(lines.map(({ lineId, quantity }) => [lineId, quantity]));
    return (await linesOf(order, context)).every(({ id, quantity }) => (units.get(id) ?? 0) === quantity);
  },
};

export const ArticleForNotification: ArticleForNotificationResolvers = {
  productName: async ({ order, lineId }, _, context) => (await lineOf(order, lineId, context)).productName,
  variantName: async ({ order, lineId }, _, context) => (await lineOf(order, lineId, context)).variantName,
  sku: async ({ order, lineId }, _, context) => (await lineOf(order, lineId, context)).sku,
};

export const ReturnForNotification: ReturnForNotificationResolvers = {
  lines: ({ lines, order }) => lines.map((line) => ({ ...line, order })),
  refund: ({ refundCents, order }) => toGraph(money(refundCents, order.currencyCode)),
};

export const ReturnLineForNotification: ReturnLineForNotificationResolvers = {
  ...ArticleForNotification,
  exchangeName: ({ exchange }) =>
    exchange && [exchange.productName, exchange.variantName].filter((part) => part !== null).join(', '),
};
