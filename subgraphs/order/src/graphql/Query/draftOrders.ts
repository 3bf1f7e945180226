import { asksAnywhereFor } from '@souk/runtime';
import type { QueryResolvers } from '../../generated/graphql.js';
import { placeOf } from '../pageArguments.js';

export const draftOrders: NonNullable<QueryResolvers['draftOrders']> = (_, { first, after, state }, { app }, info) => {
  const place = placeOf(after);
  return app.listDrafts({
    state: state ?? null,
    first: first ?? 20,
    after: place && { createdAt: place.placedAt, id: place.id },
    totalCount: asksAnywhereFor(info, 'totalCount'),
  });
};
