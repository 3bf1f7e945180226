import { money, toGraph } from '@souk/money';
import type { PaymentEventResolvers } from '../generated/graphql.js';

export const PaymentEvent: PaymentEventResolvers = {
  amount: ({ amountCents, currencyCode }) => (amountCents === null ? null : toGraph(money(amountCents, currencyCode))),
};
