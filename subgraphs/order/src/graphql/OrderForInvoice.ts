import type { OrderForInvoiceResolvers } from '../generated/graphql.js';

export const OrderForInvoice: OrderForInvoiceResolvers = {
  lines: ({ lines }) => [...(lines ?? [])],
};
