import type { QueryResolvers } from '../../generated/graphql.js';

export const orderForNotification: NonNullable<QueryResolvers['orderForNotification']> = (_, { id }, { loaders }) =>
  loaders.order({ lines: true, timeline: false }).load(id);
