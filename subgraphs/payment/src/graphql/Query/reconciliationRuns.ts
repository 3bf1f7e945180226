import type { QueryResolvers } from '../../generated/graphql.js';

export const reconciliationRuns: NonNullable<QueryResolvers['reconciliationRuns']> = (_, { first, after }, { app }) =>
  app.listRuns({ first: first ?? 20, after: after ?? null });
