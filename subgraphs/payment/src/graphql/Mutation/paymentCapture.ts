import type { MutationResolvers } from '../../generated/graphql.js';
import { userErrorsOf } from '../userErrors.js';

export const paymentCapture: NonNullable<MutationResolvers['paymentCapture']> = async (_, input, { app, viewer }) => {
  const { paymentId, amount = null, final, idempotencyKey } = input;
  const result = await app.capturePayment(viewer, { paymentId, amount, final, idempotencyKey });
  return result.ok
    ? { payment: result.payment, userErrors: [] }
    : { payment: null, userErrors: userErrorsOf(result.errors) };
};
