import type { MutationResolvers } from '../../generated/graphql.js';
import { userErrorsOf } from '../userErrors.js';

export const refundCreate: NonNullable<MutationResolvers['refundCreate']> = async (_, { input }, { app, viewer }) => {
  const { paymentId, amount = null, reason = null, returnId = null, idempotencyKey } = input;
  const result = await app.refundPayment(viewer, { paymentId, amount, reason, returnId, idempotencyKey });
  if (!result.ok) return { refund: null, order: null, userErrors: userErrorsOf(result.errors) };
  const { payment, refund } = result;
  return {
    refund: { ...refund, currencyCode: payment.currencyCode },
    order: { id: payment.orderId },
    userErrors: [],
  };
};
