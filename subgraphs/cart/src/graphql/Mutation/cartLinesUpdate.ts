import type { MutationResolvers } from '../../generated/graphql.js';
import { userIdOf } from '../context.js';
import { cartPayload } from '../payload.js';

export const cartLinesUpdate: NonNullable<MutationResolvers['cartLinesUpdate']> = async (
  _parent,
  { cartId, lines },
  context,
) => cartPayload(context, await context.app.setCartLines({ cartId, userId: userIdOf(context.viewer), lines }));
