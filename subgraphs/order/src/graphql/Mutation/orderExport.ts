import type { MutationResolvers } from '../../generated/graphql.js';
import { orderFilter } from '../orderFilter.js';

export const orderExport: NonNullable<MutationResolvers['orderExport']> = async (_, { filter, format }, { app }) => {
  const { token, expiresAt } = await app.createExport(orderFilter(filter), format);
  return { path: `/exports/orders/${token}`, expiresAt, userErrors: [] };
};
