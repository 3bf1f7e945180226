import type { QueryResolvers } from '../../generated/graphql.js';

export const category: NonNullable<QueryResolvers['category']> = async (_parent, { id, slug }, context) => {
  const tree = await context.tree();
  return (id ? tree.byId.get(id) : slug ? tree.bySlug(slug) : undefined) ?? null;
};
