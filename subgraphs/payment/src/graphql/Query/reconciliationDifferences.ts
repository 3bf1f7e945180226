import type { QueryResolvers } from '../../generated/graphql.js';

export const reconciliationDifferences: NonNullable<QueryResolvers['reconciliationDifferences']> = (
  _,
  { state, first, after },
  { app },
) => app.listDifferences({ state: state ?? null, first: first ?? 20, after: after ?? null });
