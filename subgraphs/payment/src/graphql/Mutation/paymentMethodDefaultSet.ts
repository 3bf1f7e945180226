import type { MutationResolvers } from '../../generated/graphql.js';
import { userErrorsOf } from '../userErrors.js';

export const paymentMethodDefaultSet: NonNullable<MutationResolvers['paymentMethodDefaultSet']> = async (
  _,
  { id },
  { app, viewer },
) => {
  const result = await app.setDefaultMethod(viewer, id);
  return result.ok
    ? { user: { id: result.userId }, userErrors: [] }
    : { user: null, userErrors: userErrorsOf(result.errors) };
};
