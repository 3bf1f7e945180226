import type { OrderLineQuantityResolvers } from '../generated/graphql.js';
import { lineOf } from './orderParts.js';

export const OrderLineQuantity: OrderLineQuantityResolvers = {
  line: ({ order, lineId }, _, context) => lineOf(order, lineId, context),
};
