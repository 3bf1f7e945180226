import type { MutationResolvers } from '../../generated/graphql.js';
import { signedIn } from '../context.js';
import { addressPayload } from '../payload.js';

export const addressUpdate: NonNullable<MutationResolvers['addressUpdate']> = async (
  _parent,
  { id, input },
  context,
) => {
  const { userId } = signedIn(context.viewer);
  return addressPayload(context, userId, await context.app.updateAddress(userId, id, input));
};
