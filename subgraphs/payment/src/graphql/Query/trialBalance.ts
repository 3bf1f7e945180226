import type { QueryResolvers } from '../../generated/graphql.js';

export const trialBalance: NonNullable<QueryResolvers['trialBalance']> = (_parent, _args, { app }) =>
  app.trialBalance();
