import type { MutationResolvers } from '../../generated/graphql.js';
import { userErrorsOf } from '../userErrors.js';

export const reconciliationDifferenceResolve: NonNullable<
  MutationResolvers['reconciliationDifferenceResolve']
> = async (_, { id, note }, { app, viewer }) => {
  const result = await app.settleDifference(viewer, id, note);
  return result.ok
    ? { difference: result.difference, userErrors: [] }
    : { difference: null, userErrors: userErrorsOf(result.errors) };
};
