import type { MutationResolvers } from '../../generated/graphql.js';
import { signedIn } from '../context.js';
import { userErrors } from '../payload.js';

export const secondFactorEnroll: NonNullable<MutationResolvers['secondFactorEnroll']> = async (
  _parent,
  { password },
  { app, viewer, client },
) => {
  const { userId: accountId } = signedIn(viewer);
  const result = await app.enrollSecondFactor({ accountId, password, client });
  const { secret, uri } = result.ok ? result.value : { secret: null, uri: null };
  return { secret, uri, userErrors: userErrors(result) };
};
