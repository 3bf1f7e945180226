import type { MutationResolvers } from '../../generated/graphql.js';
import { actorOf } from '../context.js';
import { userPayload } from '../payload.js';

export const userSecondFactorReset: NonNullable<MutationResolvers['userSecondFactorReset']> = async (
  _parent,
  { userId },
  context,
) => userPayload(context, await context.app.resetSecondFactor({ actor: actorOf(context.viewer), accountId: userId }));
