import type { MutationResolvers } from '../../generated/graphql.js';
import { userErrorsOf } from '../userErrors.js';

export const draftOrderComplete: NonNullable<MutationResolvers['draftOrderComplete']> = async (
  _,
  { id, version, expectedTotal },
  { app },
) => {
  const result = await app.completeDraft(id, version, expectedTotal);
  return result.ok
    ? { draftOrder: result.draft, order: result.order, replayed: result.replayed, userErrors: [] }
    : { draftOrder: result.draft, order: null, replayed: false, userErrors: userErrorsOf(result.errors) };
};
