import type { MutationResolvers } from '../../generated/graphql.js';
import { userErrorsOf } from '../userErrors.js';

export const paymentVoid: NonNullable<MutationResolvers['paymentVoid']> = async (
  _,
  { paymentId, idempotencyKey },
  { app },
) => {
  const result = await app.voidPayment({ paymentId, idempotencyKey });
  return result.ok
    ? { payment: result.payment, userErrors: [] }
    : { payment: null, userErrors: userErrorsOf(result.errors) };
};
