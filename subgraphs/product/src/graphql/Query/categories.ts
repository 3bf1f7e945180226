import type { QueryResolvers } from '../../generated/graphql.js';

export const categories: NonNullable<QueryResolvers['categories']> = async (_parent, { parentId }, context) =>
  (await context.tree()).children(parentId ?? null);
