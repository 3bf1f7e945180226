import type { MutationResolvers } from '../../generated/graphql.js';
import { userIdOf } from '../context.js';
import { cartPayload } from '../payload.js';

export const cartBuyerIdentityUpdate: NonNullable<MutationResolvers['cartBuyerIdentityUpdate']> = async (
  _parent,
  { cartId, ...input },
  context,
) => cartPayload(context, await context.app.changeBuyer({ cartId, userId: userIdOf(context.viewer), input }));
