import type { OrderResolvers } from '../generated/graphql.js';

export const Order: OrderResolvers = {
  __resolveReference: ({ id }) => ({ id }),
  notifications: ({ id }, _args, { loaders }) => loaders.notifications.load(id),
};
