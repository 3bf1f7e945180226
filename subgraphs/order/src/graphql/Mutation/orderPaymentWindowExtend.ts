import type { MutationResolvers } from '../../generated/graphql.js';
import { userErrorsOf } from '../userErrors.js';

export const orderPaymentWindowExtend: NonNullable<MutationResolvers['orderPaymentWindowExtend']> = async (
  _,
  { orderId, until },
  { app },
) => {
  const result = await app.extendPaymentWindow(orderId, until);
  return result.ok
    ? { paymentDueAt: result.order.paymentDueAt, userErrors: [] }
    : { paymentDueAt: null, userErrors: userErrorsOf(result.errors) };
};
