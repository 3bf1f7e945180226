import type { MutationResolvers } from '../../generated/graphql.js';
import { userErrors } from '../payload.js';

export const promotionUpdate: NonNullable<MutationResolvers['promotionUpdate']> = async (
  _parent,
  { id, input },
  { app },
) => {
  const { promotion, errors } = await app.updatePromotion(id, input);
  return { promotion, userErrors: userErrors(errors) };
};
