import type { MutationResolvers } from '../../generated/graphql.js';
import { signedIn } from '../context.js';
import { userPayload } from '../payload.js';

export const userActiveSet: NonNullable<MutationResolvers['userActiveSet']> = async (
  _parent,
  { userId, isActive },
  context,
) => {
  const { userId: actorId } = signedIn(context.viewer);
  return userPayload(context, await context.app.setAccountActive({ actorId, accountId: userId, isActive }));
};
