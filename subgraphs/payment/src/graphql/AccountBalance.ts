import { money, toGraph } from '@souk/money';
import type { AccountBalanceResolvers } from '../generated/graphql.js';

export const AccountBalance: AccountBalanceResolvers = {
  balance: ({ balanceCents, currencyCode }) => toGraph(money(balanceCents, currencyCode)),
};
