import { ClientError } from '@souk/runtime';
import type { QueryResolvers } from '../../generated/graphql.js';
import { productConnection } from '../connections.js';

const MAX_FILTERS = 20;
const MAX_VALUES = 100;
const MAX_QUERY_LENGTH = 200;

/** Shoppers' search: only what is for sale, for staff too. */
export const search: NonNullable<QueryResolvers['search']> = (_parent, args, context, info) => {
  const filters = args.filters ?? [];
  if (filters.length > MAX_FILTERS || filters.some(({ anyOf }) => anyOf.length > MAX_VALUES)) {
    throw new ClientError('BAD_USER_INPUT', `At most ${MAX_FILTERS} filters with ${MAX_VALUES} values each.`);
  }
  const { min, max } = args.price ?? {};
  if (min && max && min.currencyCode !== max.currencyCode) {
    throw new ClientError('BAD_USER_INPUT', 'Both ends of a price range must have the same currency.');
  }
  const currencyCode = min?.currencyCode ?? max?.currencyCode;
  return productConnection(context, args, info, {
    status: 'ACTIVE',
    query: args.query?.slice(0, MAX_QUERY_LENGTH) ?? null,
    categoryId: args.categoryId ?? null,
    facets: filters.filter(({ anyOf }) => anyOf.length > 0),
    price: currencyCode ? { currencyCode, min: min?.centAmount ?? null, max: max?.centAmount ?? null } : null,
    inStock: args.inStock ?? false,
  });
};
