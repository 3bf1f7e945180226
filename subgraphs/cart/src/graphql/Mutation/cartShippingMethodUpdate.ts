import type { MutationResolvers } from '../../generated/graphql.js';
import { userIdOf } from '../context.js';
import { cartPayload } from '../payload.js';

export const cartShippingMethodUpdate: NonNullable<MutationResolvers['cartShippingMethodUpdate']> = async (
  _parent,
  { cartId, shippingMethodId },
  context,
) =>
  cartPayload(
    context,
    await context.app.chooseShippingMethod({ cartId, userId: userIdOf(context.viewer), shippingMethodId }),
  );
