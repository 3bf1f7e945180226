import { asksAnywhereFor, hasScope } from '@souk/runtime';
import { pageSize } from '../app/findOrders.js';
import type { UserResolvers } from '../generated/graphql.js';
import { historyFilter } from './orderFilter.js';
import { placeOf } from './pageArguments.js';
import { selectedParts } from './selection.js';

export const User: UserResolvers = {
  __resolveReference: ({ id }) => ({ id }),
  orders: ({ id }, { first, after, status, filter }, { viewer, loaders }, info) => {
    const own = viewer.kind === 'user' && viewer.userId === id;
    if (!own && !hasScope(viewer, 'orders:read')) return null;
    const request = {
      ...selectedParts(info),
      first: pageSize(first ?? 20),
      after: placeOf(after),
      status: status ?? null,
      filter: filter ? historyFilter(filter) : null,
      totalCount: asksAnywhereFor(info, 'totalCount'),
    };
    return loaders.ofCustomer(request).load(id);
  },
};
