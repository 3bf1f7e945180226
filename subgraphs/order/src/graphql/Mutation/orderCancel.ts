import type { MutationResolvers } from '../../generated/graphql.js';
import { userErrorsOf } from '../userErrors.js';

export const orderCancel: NonNullable<MutationResolvers['orderCancel']> = async (_, args, { app, viewer }) => {
  const command = { orderId: args.id, reason: args.reason ?? null, idempotencyKey: args.idempotencyKey };
  const result = await app.cancelOrder(viewer, command);
  return result.ok ? { order: result.order, userErrors: [] } : { order: null, userErrors: userErrorsOf(result.errors) };
};
