import type { MutationResolvers } from '../../generated/graphql.js';
import { userErrorsOf } from '../userErrors.js';

export const paymentSessionCreate: NonNullable<MutationResolvers['paymentSessionCreate']> = async (
  _,
  { input },
  { app, viewer },
) => {
  const { orderId, provider = 'stripe', idempotencyKey } = input;
  const result = await app.openSession(viewer, { orderId, provider, idempotencyKey });
  return result.ok
    ? { payment: result.payment, clientSecret: result.clientSecret, userErrors: [] }
    : { payment: result.payment, clientSecret: null, userErrors: userErrorsOf(result.errors) };
};
