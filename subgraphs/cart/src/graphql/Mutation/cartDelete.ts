import type { MutationResolvers } from '../../generated/graphql.js';
import { userIdOf } from '../context.js';
import { cartPayload } from '../payload.js';

export const cartDelete: NonNullable<MutationResolvers['cartDelete']> = async (_parent, { cartId }, context) =>
  cartPayload(context, await context.app.deleteCart({ cartId, userId: userIdOf(context.viewer) }));
