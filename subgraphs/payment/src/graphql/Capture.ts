import { money, toGraph } from '@souk/money';
import type { CaptureResolvers } from '../generated/graphql.js';

export const Capture: CaptureResolvers = {
  amount: ({ amountCents, currencyCode }) => toGraph(money(amountCents, currencyCode)),
};
