import type { QueryResolvers } from '../../generated/graphql.js';
import { userIdOf } from '../context.js';
import { cartModel } from '../models.js';

export const cart: NonNullable<QueryResolvers['cart']> = async (_parent, { id }, { app, viewer }) => {
  const view = await app.readCart(id, userIdOf(viewer));
  return view ? cartModel(app, view) : null;
};
