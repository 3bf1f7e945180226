import type { MutationResolvers } from '../../generated/graphql.js';
import { userErrorsOf } from '../userErrors.js';

export const paymentRecord: NonNullable<MutationResolvers['paymentRecord']> = async (_, { input }, { app, viewer }) => {
  const result = await app.recordPayment(viewer, { ...input, partial: input.partial ?? false });
  return result.ok
    ? { payment: result.payment, userErrors: [] }
    : { payment: null, userErrors: userErrorsOf(result.errors) };
};
