import type { MutationResolvers } from '../../generated/graphql.js';
import { signedIn } from '../context.js';
import { userPayload } from '../payload.js';

export const secondFactorDisable: NonNullable<MutationResolvers['secondFactorDisable']> = async (
  _parent,
  { password, code },
  context,
) => {
  const { app, viewer, client } = context;
  const { userId: accountId, sessionId } = signedIn(viewer);
  return userPayload(context, await app.disableSecondFactor({ accountId, sessionId, password, code, client }));
};
