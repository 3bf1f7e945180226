import type { MutationResolvers } from '../../generated/graphql.js';
import { signedIn } from '../context.js';
import { addressPayload } from '../payload.js';

export const addressDefaultSet: NonNullable<MutationResolvers['addressDefaultSet']> = async (
  _parent,
  { id, type },
  context,
) => {
  const { userId } = signedIn(context.viewer);
  return addressPayload(context, userId, await context.app.setDefaultAddress(userId, id, type));
};
