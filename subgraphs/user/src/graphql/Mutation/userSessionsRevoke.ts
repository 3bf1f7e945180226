import type { MutationResolvers } from '../../generated/graphql.js';
import { actorOf } from '../context.js';
import { userPayload } from '../payload.js';

export const userSessionsRevoke: NonNullable<MutationResolvers['userSessionsRevoke']> = async (
  _parent,
  { userId },
  context,
) => userPayload(context, await context.app.revokeSessionsOf({ actor: actorOf(context.viewer), accountId: userId }));
