import { isPayable } from '../domain/orderStates.js';
import type { OrderForPaymentResolvers } from '../generated/graphql.js';

export const OrderForPayment: OrderForPaymentResolvers = {
  totalCentAmount: (order) => order.totalCents,
  payable: (order) => isPayable(order, new Date()),
};
