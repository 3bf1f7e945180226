import { asksAnywhereFor } from '@souk/runtime';
import type { QueryResolvers } from '../../generated/graphql.js';
import { orderFilter } from '../orderFilter.js';
import { placeOf } from '../pageArguments.js';
import { selectedParts } from '../selection.js';

export const orders: NonNullable<QueryResolvers['orders']> = (_, { first, after, filter }, { app }, info) =>
  app.listOrders({
    filter: orderFilter(filter),
    first: first ?? 20,
    after: placeOf(after),
    totalCount: asksAnywhereFor(info, 'totalCount'),
    parts: selectedParts(info),
  });
