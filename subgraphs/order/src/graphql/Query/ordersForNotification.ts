import { ClientError, MAX_PAGE_SIZE } from '@souk/runtime';
import type { QueryResolvers } from '../../generated/graphql.js';

export const ordersForNotification: NonNullable<QueryResolvers['ordersForNotification']> = async (
  _,
  { ids },
  { loaders },
) => {
  if (ids.length > MAX_PAGE_SIZE) throw new ClientError('BAD_USER_INPUT', `At most ${MAX_PAGE_SIZE} orders at a time.`);
  const orders = await loaders.order({ lines: true, timeline: false }).loadMany(ids);
  return orders.map((order) => {
    if (order instanceof Error) throw order;
    return order ?? null;
  });
};
