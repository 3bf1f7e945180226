import type { MutationResolvers } from '../../generated/graphql.js';
import { userErrorsOf } from '../userErrors.js';

export const paymentSessionCreate: NonNullable<MutationResolvers['paymentSessionCreate']> = async (
  _,
  { input },
  { app, viewer },
) => {
  const { orderId, provider = 'stripe', idempotencyKey, savePaymentMethod = false } = input;
  const returnUrl = input.returnUrl ?? null;
  const paymentMethodId = input.paymentMethodId ?? null;
  const command = { orderId, provider, idempotencyKey, returnUrl, savePaymentMethod, paymentMethodId };
  const result = await app.openSession(viewer, command);
  if (!result.ok) return { ...NOTHING_TO_DO, payment: result.payment, userErrors: userErrorsOf(result.errors) };
  const { payment, clientSecret, redirectUrl } = result;
  return { payment, clientSecret, redirectUrl, userErrors: [] };
};

const NOTHING_TO_DO = { clientSecret: null, redirectUrl: null };
