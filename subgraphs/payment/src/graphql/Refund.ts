import { money, toGraph } from '@souk/money';
import type { RefundResolvers } from '../generated/graphql.js';

export const Refund: RefundResolvers = {
  amount: ({ amountCents, currencyCode }) => toGraph(money(amountCents, currencyCode)),
  payment: async ({ paymentId }, _, { loaders }) => {
    const payment = await loaders.payment(false).load(paymentId);
    if (payment === undefined) throw new Error(`payment ${paymentId} of a refund has vanished`);
    return payment;
  },
};
