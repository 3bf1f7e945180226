import { money, toGraph } from '@souk/money';
import type { OrderLineResolvers } from '../generated/graphql.js';

export const OrderLine: OrderLineResolvers = {
  variant: (line) => ({ id: line.variantId }),
  unitPrice: (line) => toGraph(money(line.unitPriceCents, line.currencyCode)),
  discount: (line) => toGraph(money(line.discountCents, line.currencyCode)),
  tax: (line) => toGraph(money(line.taxCents, line.currencyCode)),
  total: (line) => toGraph(money(line.totalCents, line.currencyCode)),
};
