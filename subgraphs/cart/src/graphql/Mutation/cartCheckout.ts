import type { MutationResolvers } from '../../generated/graphql.js';
import { onlyService } from '../context.js';

export const cartCheckout: NonNullable<MutationResolvers['cartCheckout']> = (_parent, args, { app, viewer }) => {
  onlyService(viewer, 'order');
  const { cartId, cartVersion, orderId, viewerUserId } = args;
  return app.checkoutCart({ cartId, cartVersion, orderId, viewerUserId: viewerUserId ?? undefined });
};
