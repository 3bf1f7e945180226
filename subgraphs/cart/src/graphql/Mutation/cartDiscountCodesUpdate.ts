import type { MutationResolvers } from '../../generated/graphql.js';
import { userIdOf } from '../context.js';
import { cartPayload } from '../payload.js';

export const cartDiscountCodesUpdate: NonNullable<MutationResolvers['cartDiscountCodesUpdate']> = async (
  _parent,
  { cartId, codes },
  context,
) => cartPayload(context, await context.app.changeCodes({ cartId, userId: userIdOf(context.viewer), codes }));
