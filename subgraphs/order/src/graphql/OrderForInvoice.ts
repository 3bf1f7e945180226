import { isErased } from '../domain/erasure.js';
import type { OrderForInvoiceResolvers } from '../generated/graphql.js';

export const OrderForInvoice: OrderForInvoiceResolvers = {
  isErased,
  /** What was taken off the order is not invoiced. */
  lines: ({ lines }) => (lines ?? []).filter(({ quantity }) => quantity > 0),
};
