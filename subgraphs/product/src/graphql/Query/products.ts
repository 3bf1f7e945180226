import type { QueryResolvers } from '../../generated/graphql.js';
import { productConnection } from '../connections.js';

export const products: NonNullable<QueryResolvers['products']> = (_parent, args, context, info) => {
  const { ids, categoryId, status, search, updatedAfter } = args.filter ?? {};
  return productConnection(context, args, info, {
    ids: ids ? ids.slice(0, 1_000) : null,
    categoryId: categoryId ?? null,
    status: status ?? null,
    query: search ?? null,
    updatedAfter: updatedAfter ?? null,
  });
};
