import type { CategoryResolvers } from '../generated/graphql.js';
import { productConnection } from './connections.js';

export const Category: CategoryResolvers = {
  __resolveReference: async (reference, context) => (await context.tree()).byId.get(reference.id) ?? null,
  parent: async (category, _args, context) =>
    category.parentId ? ((await context.tree()).byId.get(category.parentId) ?? null) : null,
  ancestors: async (category, _args, context) => (await context.tree()).ancestors(category.id),
  children: async (category, _args, context) => (await context.tree()).children(category.id),
  products: (category, args, context, info) => productConnection(context, args, info, { categoryId: category.id }),
};
