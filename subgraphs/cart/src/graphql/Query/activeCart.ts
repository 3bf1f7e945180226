import type { QueryResolvers } from '../../generated/graphql.js';
import { userIdOf } from '../context.js';
import { cartModel } from '../models.js';

export const activeCart: NonNullable<QueryResolvers['activeCart']> = async (_parent, _args, { app, viewer }) => {
  const userId = userIdOf(viewer);
  const view = userId === undefined ? undefined : await app.readActiveCart(userId);
  return view ? cartModel(app, view) : null;
};
