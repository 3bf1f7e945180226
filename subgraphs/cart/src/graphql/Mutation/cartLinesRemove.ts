import type { MutationResolvers } from '../../generated/graphql.js';
import { userIdOf } from '../context.js';
import { cartPayload } from '../payload.js';

export const cartLinesRemove: NonNullable<MutationResolvers['cartLinesRemove']> = async (
  _parent,
  { cartId, lineIds },
  context,
) => cartPayload(context, await context.app.removeCartLines({ cartId, userId: userIdOf(context.viewer), lineIds }));
