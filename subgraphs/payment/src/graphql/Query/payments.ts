import { asksAnywhereFor } from '@souk/runtime';
import type { QueryResolvers } from '../../generated/graphql.js';
import { placeOf } from '../pageArguments.js';
import { selectsHistory } from '../selection.js';

export const payments: NonNullable<QueryResolvers['payments']> = (_, { first, after, filter }, { app }, info) =>
  app.listPayments({
    filter: {
      state: filter?.state ?? undefined,
      orderId: filter?.orderId ?? undefined,
      createdAfter: filter?.createdAfter ?? undefined,
    },
    first: first ?? 20,
    after: placeOf(after),
    totalCount: asksAnywhereFor(info, 'totalCount'),
    history: selectsHistory(info),
  });
