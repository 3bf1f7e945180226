import { asksAnywhereFor } from '@souk/runtime';
import type { QueryResolvers } from '../../generated/graphql.js';
import { placeOf } from '../pageArguments.js';
import { selectedParts } from '../selection.js';

export const orders: NonNullable<QueryResolvers['orders']> = (_, { first, after, filter }, { app }, info) =>
  app.listOrders({
    filter: {
      status: filter?.status ?? undefined,
      customerId: filter?.customerId ?? undefined,
      search: filter?.search ?? undefined,
      placedAfter: filter?.placedAfter ?? undefined,
      placedBefore: filter?.placedBefore ?? undefined,
    },
    first: first ?? 20,
    after: placeOf(after),
    totalCount: asksAnywhereFor(info, 'totalCount'),
    parts: selectedParts(info),
  });
