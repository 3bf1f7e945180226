import type { MutationResolvers } from '../../generated/graphql.js';
import { userErrors } from '../payload.js';

export const promotionDelete: NonNullable<MutationResolvers['promotionDelete']> = async (_parent, { id }, { app }) => {
  const { promotion, errors } = await app.deletePromotion(id);
  return { promotion, userErrors: userErrors(errors) };
};
