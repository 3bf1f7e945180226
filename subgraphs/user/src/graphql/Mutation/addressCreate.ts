import type { MutationResolvers } from '../../generated/graphql.js';
import { signedIn } from '../context.js';
import { addressPayload } from '../payload.js';

export const addressCreate: NonNullable<MutationResolvers['addressCreate']> = async (
  _parent,
  { input, defaultFor },
  context,
) => {
  const { userId } = signedIn(context.viewer);
  return addressPayload(context, userId, await context.app.createAddress(userId, input, defaultFor ?? []));
};
