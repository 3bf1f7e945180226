import type { MutationResolvers } from '../../generated/graphql.js';
import { userErrorsOf } from '../userErrors.js';

export const paymentSessionConfirm: NonNullable<MutationResolvers['paymentSessionConfirm']> = async (
  _,
  { paymentId },
  { app, viewer },
) => {
  const { payment, opened, errors } = await app.confirmSession(viewer, paymentId);
  const { clientSecret = null, redirectUrl = null } = opened ?? {};
  return { payment, clientSecret, redirectUrl, userErrors: userErrorsOf(errors) };
};
