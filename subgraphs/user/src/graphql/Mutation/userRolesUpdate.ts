import type { MutationResolvers } from '../../generated/graphql.js';
import { signedIn } from '../context.js';
import { userPayload } from '../payload.js';

export const userRolesUpdate: NonNullable<MutationResolvers['userRolesUpdate']> = async (
  _parent,
  { userId, roles },
  context,
) => {
  const { userId: actorId } = signedIn(context.viewer);
  return userPayload(context, await context.app.updateRoles({ actorId, accountId: userId, roles }));
};
