import type { OrderConnectionResolvers } from '../generated/graphql.js';
import { cursorOf } from './pageArguments.js';

export const OrderConnection: OrderConnectionResolvers = {
  nodes: ({ orders }) => orders,
  edges: ({ orders }) => orders.map((order) => ({ cursor: cursorOf(order), node: order })),
  pageInfo: ({ orders, hasNextPage }) => {
    const [first, last] = [orders[0], orders.at(-1)];
    return {
      hasNextPage,
      hasPreviousPage: false,
      startCursor: first ? cursorOf(first) : null,
      endCursor: last ? cursorOf(last) : null,
    };
  },
  totalCount: ({ totalCount, orders }) => totalCount ?? orders.length,
};
