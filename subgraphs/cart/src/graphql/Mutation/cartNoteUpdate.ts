import type { MutationResolvers } from '../../generated/graphql.js';
import { userIdOf } from '../context.js';
import { cartPayload } from '../payload.js';

export const cartNoteUpdate: NonNullable<MutationResolvers['cartNoteUpdate']> = async (
  _parent,
  { cartId, note },
  context,
) =>
  cartPayload(
    context,
    await context.app.changeBuyer({ cartId, userId: userIdOf(context.viewer), input: { note: note ?? null } }),
  );
