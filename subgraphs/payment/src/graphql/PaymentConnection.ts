import type { PaymentConnectionResolvers } from '../generated/graphql.js';
import { cursorOf } from './pageArguments.js';

export const PaymentConnection: PaymentConnectionResolvers = {
  nodes: ({ payments }) => payments,
  edges: ({ payments }) => payments.map((payment) => ({ cursor: cursorOf(payment), node: payment })),
  pageInfo: ({ payments, hasNextPage }) => {
    const [first, last] = [payments[0], payments.at(-1)];
    return {
      hasNextPage,
      hasPreviousPage: false,
      startCursor: first ? cursorOf(first) : null,
      endCursor: last ? cursorOf(last) : null,
    };
  },
  totalCount: ({ totalCount, payments }) => totalCount ?? payments.length,
};
