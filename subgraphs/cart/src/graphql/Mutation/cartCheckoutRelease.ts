import type { MutationResolvers } from '../../generated/graphql.js';
import { onlyService } from '../context.js';

export const cartCheckoutRelease: NonNullable<MutationResolvers['cartCheckoutRelease']> = async (
  _parent,
  { orderId },
  { app, viewer },
) => {
  onlyService(viewer, 'order');
  return { released: await app.releaseCheckout(orderId) };
};
