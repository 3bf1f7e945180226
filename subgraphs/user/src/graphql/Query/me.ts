import type { QueryResolvers } from '../../generated/graphql.js';

export const me: NonNullable<QueryResolvers['me']> = async (_parent, _args, { viewer, accounts }) =>
  viewer.kind === 'user' ? ((await accounts.load(viewer.userId)) ?? null) : null;
