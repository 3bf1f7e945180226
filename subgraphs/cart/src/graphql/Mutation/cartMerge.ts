import { ClientError } from '@souk/runtime';
import type { MutationResolvers } from '../../generated/graphql.js';
import { userIdOf } from '../context.js';
import { cartPayload } from '../payload.js';

export const cartMerge: NonNullable<MutationResolvers['cartMerge']> = async (
  _parent,
  { guestCartToken, strategy },
  context,
) => {
  const userId = userIdOf(context.viewer);
  if (userId === undefined) throw new ClientError('UNAUTHENTICATED', 'Sign in to do this.');
  return cartPayload(
    context,
    await context.app.mergeCarts({ userId, token: guestCartToken, strategy: strategy ?? 'MERGE' }),
  );
};
