import type { MutationResolvers } from '../../generated/graphql.js';
import { userErrorsOf } from '../userErrors.js';

export const orderNoteAdd: NonNullable<MutationResolvers['orderNoteAdd']> = async (
  _,
  { orderId, text, isPublic },
  { app },
) => {
  const result = await app.addNote({ orderId, text, isPublic: isPublic ?? false });
  return result.ok ? { order: result.order, userErrors: [] } : { order: null, userErrors: userErrorsOf(result.errors) };
};
