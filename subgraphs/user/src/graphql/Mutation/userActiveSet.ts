import type { MutationResolvers } from '../../generated/graphql.js';
import { actorOf } from '../context.js';
import { userPayload } from '../payload.js';

export const userActiveSet: NonNullable<MutationResolvers['userActiveSet']> = async (
  _parent,
  { userId, isActive, reason },
  context,
) => {
  const actor = actorOf(context.viewer);
  return userPayload(
    context,
    await context.app.setAccountActive({ actor, accountId: userId, isActive, reason: reason ?? undefined }),
  );
};
