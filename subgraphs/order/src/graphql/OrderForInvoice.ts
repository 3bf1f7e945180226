import type { OrderForInvoiceResolvers } from '../generated/graphql.js';

export const OrderForInvoice: OrderForInvoiceResolvers = {
  /** What was taken off the order is not invoiced. */
  lines: ({ lines }) => (lines ?? []).filter(({ quantity }) => quantity > 0),
};
