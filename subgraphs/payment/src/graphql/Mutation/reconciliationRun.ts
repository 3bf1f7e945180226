import type { MutationResolvers } from '../../generated/graphql.js';
import { userErrorsOf } from '../userErrors.js';

export const reconciliationRun: NonNullable<MutationResolvers['reconciliationRun']> = async (
  _,
  { provider },
  { app, viewer },
) => {
  const result = await app.requestRun(viewer, provider);
  return result.ok ? { run: result.run, userErrors: [] } : { run: null, userErrors: userErrorsOf(result.errors) };
};
