import type { MutationResolvers } from '../../generated/graphql.js';
import { userErrorsOf } from '../userErrors.js';

export const orderComplete: NonNullable<MutationResolvers['orderComplete']> = async (_, { id }, { app }) => {
  const result = await app.completeOrder(id, 'staff');
  return result.ok ? { order: result.order, userErrors: [] } : { order: null, userErrors: userErrorsOf(result.errors) };
};
