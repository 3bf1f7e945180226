import type { UserResolvers } from '../generated/graphql.js';
import { userIdOf } from './context.js';
import { cartModel } from './models.js';

export const User: UserResolvers = {
  cart: async ({ id }, _args, { app, viewer }) => {
    if (userIdOf(viewer) !== id) return null;
    const view = await app.readActiveCart(id);
    return view ? cartModel(app, view) : null;
  },
};
