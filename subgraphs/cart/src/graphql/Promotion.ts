import type { PromotionResolvers } from '../generated/graphql.js';
import { graphMoney } from './money.js';

export const Promotion: PromotionResolvers = {
  amount: ({ amount, currencyCode }) =>
    amount === null || currencyCode === null ? null : graphMoney(amount, currencyCode),
  minSubtotal: ({ minSubtotal, currencyCode }) =>
    minSubtotal === null || currencyCode === null ? null : graphMoney(minSubtotal, currencyCode),
};
