import { isListed } from '../../app/audience.js';
import type { QueryResolvers } from '../../generated/graphql.js';

export const product: NonNullable<QueryResolvers['product']> = async (_parent, { id, slug }, context) => {
  const found = id
    ? await context.loaders.productById.load(id)
    : slug
      ? await context.loaders.productBySlug.load(slug)
      : undefined;
  if (!found || !isListed(found, context.audience) || (slug && found.slug !== slug)) return null;
  return context.views.product(found);
};
