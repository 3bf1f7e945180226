import type { QueryResolvers } from '../../generated/graphql.js';
import { selectedParts } from '../selection.js';

export const order: NonNullable<QueryResolvers['order']> = (_, { id, waitWhile }, { app, loaders }, info) => {
  const orders = loaders.order(selectedParts(info));
  return waitWhile ? app.followOrder(id, waitWhile, () => orders.clear(id).load(id)) : orders.load(id);
};
