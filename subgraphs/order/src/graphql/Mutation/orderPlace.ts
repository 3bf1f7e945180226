import type { MutationResolvers } from '../../generated/graphql.js';
import { userErrorsOf } from '../userErrors.js';

export const orderPlace: NonNullable<MutationResolvers['orderPlace']> = async (_, { input }, { app, viewer }) => {
  const result = await app.placeOrder(viewer, {
    cartId: input.cartId,
    cartVersion: input.cartVersion,
    expectedTotal: input.expectedTotal,
    idempotencyKey: input.idempotencyKey,
    locale: input.locale ?? 'en',
  });
  return result.ok
    ? { order: result.order, replayed: result.replayed, userErrors: [] }
    : { order: null, replayed: result.replayed, userErrors: userErrorsOf(result.errors) };
};
