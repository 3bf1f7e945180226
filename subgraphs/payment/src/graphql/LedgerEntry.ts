import { money, toGraph } from '@souk/money';
import type { LedgerEntryResolvers } from '../generated/graphql.js';

export const LedgerEntry: LedgerEntryResolvers = {
  amount: ({ amountCents, currencyCode }) => toGraph(money(amountCents, currencyCode)),
  payment: async ({ paymentId }, _, { loaders }) => {
    const payment = await loaders.payment(false).load(paymentId);
    if (payment === undefined) throw new Error(`payment ${paymentId} of a ledger entry has vanished`);
    return payment;
  },
};
