import type { QueryResolvers } from '../../generated/graphql.js';

export const orderForPayment: NonNullable<QueryResolvers['orderForPayment']> = (_, { id }, { loaders }) =>
  loaders.order({ lines: false, timeline: false }).load(id);
