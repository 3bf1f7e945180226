import type { MutationResolvers } from '../../generated/graphql.js';
import { userErrors } from '../payload.js';

export const promotionCreate: NonNullable<MutationResolvers['promotionCreate']> = async (
  _parent,
  { input },
  { app },
) => {
  const { promotion, errors } = await app.createPromotion(input);
  return { promotion, userErrors: userErrors(errors) };
};
