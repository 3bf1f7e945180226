import type { QueryResolvers } from '../../generated/graphql.js';

export const user: NonNullable<QueryResolvers['user']> = async (_parent, { id }, { accounts }) =>
  (await accounts.load(id)) ?? null;
