import type { MutationResolvers } from '../../generated/graphql.js';
import { userErrorsOf } from '../userErrors.js';

export const paymentMethodDelete: NonNullable<MutationResolvers['paymentMethodDelete']> = async (
  _,
  { id },
  { app, viewer },
) => {
  const result = await app.deleteMethod(viewer, id);
  return result.ok
    ? { user: { id: result.userId }, userErrors: [] }
    : { user: null, userErrors: userErrorsOf(result.errors) };
};
