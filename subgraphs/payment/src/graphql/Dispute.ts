import { money, toGraph } from '@souk/money';
import type { DisputeResolvers } from '../generated/graphql.js';

export const Dispute: DisputeResolvers = {
  amount: ({ amountCents, currencyCode }) => toGraph(money(amountCents, currencyCode)),
  providerReference: ({ reference }) => reference,
  payment: async ({ paymentId }, _, { loaders }) => {
    const payment = await loaders.payment(false).load(paymentId);
    if (payment === undefined) throw new Error(`payment ${paymentId} of a dispute has vanished`);
    return payment;
  },
};
