import { isPayable } from '../domain/orderStates.js';
import type { OrderForPaymentResolvers } from '../generated/graphql.js';

export const OrderForPayment: OrderForPaymentResolvers = {
  totalCentAmount: (order) => order.totalCents,
  purposeId: (order) => order.openEdit?.id ?? order.paymentPurposeId ?? order.id,
  dueCentAmount: (order) => order.openEdit?.dueCents ?? order.totalCents,
  paymentDueAt: (order) => order.openEdit?.dueAt ?? order.paymentDueAt,
  payable: (order) => isPayable(order, new Date()),
  countryCode: (order) => order.shippingAddress.countryCode,
};
