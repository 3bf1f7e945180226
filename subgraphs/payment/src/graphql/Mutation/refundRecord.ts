import type { MutationResolvers } from '../../generated/graphql.js';
import { userErrorsOf } from '../userErrors.js';

export const refundRecord: NonNullable<MutationResolvers['refundRecord']> = async (_, { input }, { app }) => {
  const result = await app.recordRefund(input);
  if (!result.ok) return { refund: null, order: null, userErrors: userErrorsOf(result.errors) };
  const { payment, refund } = result;
  return {
    refund: { ...refund, currencyCode: payment.currencyCode },
    order: { id: payment.orderId },
    userErrors: [],
  };
};
